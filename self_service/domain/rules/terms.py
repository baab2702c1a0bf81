"""The rule about minimum terms: what was promised for a time is not given up before its end."""

from __future__ import annotations

from collections.abc import Iterator

from self_service.domain.errors import N_
from self_service.domain.rules.problems import Fix, FixAct, Violation
from self_service.domain.rules.sale import Sale


def minimum_term(sale: Sale) -> Iterator[Violation]:
    """What is given up is not bound any more; the earliest day is named."""
    for lost in sale.given_up:
        if lost.bound_until is not None and lost.at < lost.bound_until:
            message = N_("{offering} has a minimum term. This is possible from {date}.")
            fix = Fix(FixAct.WAIT, at=lost.bound_until)
            values = {"date": lost.bound_until}
            yield Violation("minimum_term", message, lost.key, lost.name, values=values, fix=fix)
