"""What a refused form held, carried back to its page in the address.

It is sealed, so that no log, history or proxy can read it, and bound to who typed it, so that
nobody can fill in somebody else's form by a link.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from self_service.domain.access import Actor
from self_service.domain.people.sealing import Unsealable, Vault

#: Name of the parameter.
PARAMETER = "typed"
#: After so long a form is empty again.
WITHIN = timedelta(hours=1)
#: Letters that are kept of each field, and of all: an address has room for no more.
_EACH, _ALL = 300, 600


def sealed(
    actor: Actor, form: Mapping[str, str], names: Iterable[str], *, vault: Vault, now: datetime
) -> str:
    """Seal what fields of a form held.

    Args:
        actor: who typed it.
        form: what was sent.
        names: the fields; none that holds a secret or a card.
        vault: seals it.
        now: instant of sealing.
    """
    kept = {name: form[name][:_EACH] for name in names if form.get(name)}
    while sum(map(len, kept.values())) > _ALL:
        kept.popitem()
    return vault.seal(json.dumps([_whose(actor), kept], ensure_ascii=False), now=now)


def opened(
    actor: Actor, query: Mapping[str, str], *, vault: Vault, now: datetime
) -> dict[str, str]:
    """Return what was sealed for this person within the hour, nothing in any other case."""
    try:
        whose, kept = json.loads(vault.open(query.get(PARAMETER, ""), now=now, within=WITHIN))
    except (Unsealable, ValueError):
        return {}
    return dict(kept) if whose == _whose(actor) else {}


def _whose(actor: Actor) -> str:
    return f"form {actor.identity_id} {actor.customer_id}"
