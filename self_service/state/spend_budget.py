"""The budget of a month in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from self_service import i18n
from self_service.domain.access import NotAllowed
from self_service.domain.errors import N_, NotFound
from self_service.domain.spend.budgets import BadBudget, Outlook, outlook
from self_service.domain.spend.forecast import Forecast
from self_service.money import Money
from self_service.state.display import money

_DONE = {
    "budget": N_("Your budget is set."),
    "no_budget": N_("You have no budget any more."),
}
_REFUSALS = {one.code: one.message for one in (BadBudget, NotAllowed)} | {
    NotFound.code: N_("That is gone. See below how things stand now.")
}


def budget_values(
    budget: Money | None,
    ahead: Forecast,
    query: Mapping[str, str],
    language: str,
    *,
    may: bool,
    about: str,
) -> dict[str, Any]:
    """Return what the page says about a budget.

    Args:
        budget: of the month, None without one.
        ahead: the month to its end.
        query: of the address: what was done, or refused.
        language: of the reader.
        may: whoever looks may set it.
        about: the subscription that it is for, "" for all.
    """
    refused = _REFUSALS.get(query.get("refused", ""), "")
    done = _DONE.get(query.get("done", ""), "")
    return {
        "budget_may": may,
        "budget_line": about,
        "budget": money(budget, language) if budget else "",
        "budget_typed": str(budget.amount) if budget else "",
        "outlook": _said(outlook(budget, ahead), language) if budget else "",
        "outlook_bad": budget is not None and ahead.about.minor > budget.minor,
        "budget_done": i18n.translate(language, done) if done else "",
        "budget_refused": i18n.translate(language, refused) if refused else "",
    }


def _said(found: Outlook, language: str) -> str:
    if found.over:
        text = N_(
            "You are {over} above your budget of {budget} already, and likely to end {sum} above "
            "it."
        )
    elif found.about.minor > 0:
        text = N_("You are likely to be {sum} above your budget of {budget}.")
    elif found.about:
        text = N_("You are likely to stay {sum} below your budget of {budget}.")
    else:
        text = N_("You are likely to spend your budget of {budget} exactly.")
    sums = {"over": found.over, "budget": found.budget, "sum": _positive(found.about)}
    return i18n.translate(
        language, text, **{name: money(one, language) for name, one in sums.items()}
    )


def _positive(sum_: Money) -> Money:
    return Money(abs(sum_.minor), sum_.currency)
