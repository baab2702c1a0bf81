"""To whom a voucher is given, and what is written with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from self_service.domain.errors import N_, Invalid
from self_service.domain.people import typed_text
from self_service.domain.people.person_fields import check_email
from self_service.domain.people.typed_text import Faulty

#: What could be taken for an address of a web site: our mail must carry nobody else's link.
_LINK = re.compile(r"\w[.:/\u3002\uff0e]+\w*[^\W\d]", re.UNICODE)
_NO_LINKS = N_("Leave web and e-mail addresses out, and put a blank after a full stop.")
GREETING_MOST = 200


@dataclass(frozen=True, slots=True)
class Gift:
    """Who gets a voucher, and a greeting ("" for none)."""

    receiver: str
    greeting: str = ""


def read(form: Mapping[str, Any]) -> Gift:
    """Check the fields `email` and `greeting`.

    Raises:
        Invalid: something is wrong; tells every fault.
    """
    faults: dict[str, tuple[str, dict[str, Any]]] = {}
    receiver = greeting = ""
    try:
        receiver = check_email(form.get("email"))
    except Invalid as invalid:
        faults |= invalid.faults
    try:
        greeting = typed_text.line(form.get("greeting"), missing="", longest=GREETING_MOST)
        if _LINK.search(greeting):
            raise Faulty(_NO_LINKS)
    except Faulty as faulty:
        faults["greeting"] = faulty.fault
    if faults:
        raise Invalid(faults)
    return Gift(receiver, greeting)
