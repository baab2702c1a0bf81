"""The list of what can be done with a subscription, and what there is to choose from."""

from __future__ import annotations

from datetime import datetime

from self_service import i18n, routes
from self_service.domain.catalog.view import text
from self_service.domain.changes import options
from self_service.domain.changes.options import Held
from self_service.domain.changes.tree import Tree
from self_service.domain.errors import N_
from self_service.domain.policy import Policy
from self_service.domain.pricing.charges import regular_month
from self_service.domain.subscriptions.home import SERVICES
from self_service.models.catalog import OfferingKind
from self_service.money import Money
from self_service.state.display import money
from self_service.state.subscription_rows import ActRow, ChoiceRow, choice_row, here


def act_rows(held: Held, language: str) -> list[ActRow]:
    """List what can be done; what is not possible at all does not stand there."""

    def row(key: str, title: str, detail: str, icon: str) -> ActRow:
        said = i18n.translate(language, title), i18n.translate(language, detail)
        return ActRow(key, *said, here(language, held, act=key), icon)

    if held.paused_until is not None:
        back = N_("Ends the pause before its day")
        again = row("resume", N_("Switch on again"), back, "clock")
        return [again, *_services(held, language), _leave(row)]
    found = []
    if held.changeable:
        saying = N_("More for more, or less for less: with the exact sums")
        found.append(row("plan", N_("Change plan"), saying, "swap"))
    if held.extras:
        saying = N_("Add some, or end those that you have")
        found.append(row("extras", N_("Extras"), saying, "plus"))
    if held.boosters:
        saying = N_("More data for once, now or later")
        found.append(row("boost", N_("Boosters"), saying, "star"))
    found.append(
        row("pause", N_("Pause"), N_("For some days or weeks, then it runs again"), "clock")
    )
    return [*found, *_services(held, language), _leave(row)]


def _services(held: Held, language: str) -> list[ActRow]:
    """Lead to the page of each service: its settings, SIM and number."""
    return [
        ActRow(
            key=f"service {one.id}",
            text=i18n.translate(language, N_("Settings, SIM and number")),
            detail=text(one.name, language),
            href=routes.page(language, routes.SERVICES, str(one.id)),
            icon="sim" if one.kind is OfferingKind.PLAN else "wifi",
        )
        for one in held.view.services
        if one.kind in SERVICES
    ]


def choices(
    tree: Tree, held: Held, act: str, limits: Policy, language: str, now: datetime
) -> list[ChoiceRow]:
    """Return what there is to choose from, with its price or why it cannot be chosen."""
    makers = {"plan": options.plans, "extras": options.extras, "boost": options.boosters}
    make = makers.get(act)
    if make is None:
        return []
    found = make(tree, policy=limits, now=now)
    return [choice_row(option, held, act, language) for option in found]


def ending_rows(tree: Tree, held: Held, language: str) -> list[ActRow]:
    """Return the extras that run, each with the link to its end."""
    return [
        ActRow(
            key=str(one.id),
            text=text(one.name, language),
            detail=i18n.translate(
                language,
                N_("{price} a month"),
                price=money(Money(regular_month(tree.sold(one)), one.currency), language),
            ),
            href=here(language, held, act="cancel", on=str(one.id)),
            icon="check",
        )
        for one in options.ending(tree)
    ]


def _leave(row: object) -> ActRow:
    assert callable(row)
    made: ActRow = row(
        "leave",
        N_("End subscription"),
        N_("When it is possible, and what it costs"),
        "sign-out",
    )
    return made
