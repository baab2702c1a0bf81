"""Rows of the page on which a sale goes on: parts, extras, values to choose, and their sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from self_service import i18n
from self_service.domain.basket.view import BasketView, flat
from self_service.domain.catalog.view import text
from self_service.domain.choosing.choose import Choosing
from self_service.domain.choosing.view import Option, Part
from self_service.domain.errors import N_
from self_service.models.catalog import OfferingKind
from self_service.state.choices import OptionRow, QueryLink, SettingRow, option_row, setting_row
from self_service.state.display import configuration_text

#: What the alternatives of a bundle's choice, and extras, are called by their kind.
KIND_NAMES = {
    OfferingKind.DEVICE: N_("Device"),
    OfferingKind.PLAN: N_("Mobile plan"),
    OfferingKind.BROADBAND: N_("Internet"),
    OfferingKind.TV: N_("TV"),
    OfferingKind.ADDON: N_("Extras"),
    OfferingKind.BOOSTER: N_("Boosters"),
    OfferingKind.ACCESSORY: N_("Accessories"),
    OfferingKind.BUNDLE: N_("Bundle"),
}


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Alternatives, or things that can be chosen beside each other.

    Attributes:
        key: tells it from the others on the page.
        hint: how many to choose.
        fixed: nothing to choose: it comes with the bundle.
        single: exactly one of them: drawn as radio buttons, else as check boxes.
    """

    key: str
    title: str
    hint: str
    fixed: bool
    single: bool
    options: list[OptionRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SumRow:
    """A line of the sum: what, how configured."""

    name: str
    detail: str


def part_rows(parts: Iterable[Part], link: QueryLink, language: str) -> list[GroupRow]:
    """Put the choices of a bundle into words; what comes with it anyway stands first, together."""
    fixed: list[OptionRow] = []
    choices = []
    for number, part in enumerate(parts):
        options = [option_row(option, link, language) for option in part.options]
        if part.fixed:
            fixed += options
            continue
        kinds = {option.offering.kind for option in part.options if option.offering}
        name = KIND_NAMES[kinds.pop()] if len(kinds) == 1 else N_("Choose")
        single = part.minimum == part.maximum == 1
        title = i18n.translate(language, name)
        choices.append(
            GroupRow(f"part{number}", title, _hint(part, language), False, single, options)
        )
    title = i18n.translate(language, N_("Comes with it"))
    return ([GroupRow("fixed", title, "", True, False, fixed)] if fixed else []) + choices


def _hint(part: Part, language: str) -> str:
    if part.maximum == 1:
        said = N_("Choose one") if part.minimum else N_("Choose one, or none")
        return i18n.translate(language, said)
    if part.minimum == part.maximum:
        return i18n.plural(language, "Choose {count}", "Choose {count}", part.maximum)
    if part.minimum == 0:
        return i18n.plural(language, "Choose up to {count}", "Choose up to {count}", part.maximum)
    said = N_("Choose {least} to {most}")
    return i18n.translate(language, said, least=part.minimum, most=part.maximum)


def extra_rows(extras: Iterable[Option], link: QueryLink, language: str) -> list[GroupRow]:
    """Put what can be added into words: what recurs first, what is paid once after it."""
    by_kind: dict[OfferingKind, list[OptionRow]] = defaultdict(list)
    for option in extras:
        if option.offering is not None:
            by_kind[option.offering.kind].append(option_row(option, link, language))
    return [
        GroupRow(kind.value, i18n.translate(language, KIND_NAMES[kind]), "", False, False, rows)
        for kind in KIND_NAMES
        if (rows := by_kind.get(kind))
    ]


def setting_rows(found: Choosing, link: QueryLink, language: str) -> list[SettingRow]:
    """Put the values to choose of everything that is chosen into words."""
    several = len(found.configurables) > 1 or bool(found.parts)

    def href(slug: str) -> Callable[[Mapping[str, str]], str]:
        return lambda values: link(found.query.with_values(slug, values))

    return [
        setting_row(
            choice,
            href(of.slug),
            language,
            of=text(of.offering.name, language) if several else "",
            key=of.slug,
            paid=of.paid,
        )
        for of in found.configurables
        for choice in of.choices
    ]


def sum_rows(sale: BasketView, language: str) -> list[SumRow]:
    """List what would go into the basket."""
    return [
        SumRow(text(line.name, language), configuration_text(line.configuration, language))
        for top in sale.lines
        for line in flat(top)
    ]
