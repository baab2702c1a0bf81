"""What may be sold together: the one rule engine of store, basket and plan change.

Pure over `catalog_view.Offering`. A rule takes the sale (and a line of it) and yields what is
broken, as data; nothing here refuses by itself. What the rules mean:

* A part of a bundle answers one of its groups; targets of a group are alternatives, of which
  `minimum`..`maximum` are chosen. BUNDLES links without a group are parts of their own.
* REQUIRES looks at the whole sale and at what is owned. Links of one group are alternatives, each
  link without a group counts for itself.
* EXCLUDES holds in both directions, in the whole sale and against what is owned. Extras (add-ons
  and boosters) stand in each other's way only within one line with all that hangs on it.
* Extras need a parent that is a target of their ADDON_OF links. Other kinds may stand alone, but
  under a parent they need the link too; only a plan goes under any device, one at most.
* What is owned is given up at the end of its minimum term, not before; buying gives nothing up.
* Configuration, dates, new-customer offers: as the offering says. Numbers: `catalog_limits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from self_service.domain.catalog.view import Offering
from self_service.domain.errors import N_
from self_service.domain.rules import limits as catalog_limits
from self_service.domain.rules import relations as catalog_relations
from self_service.domain.rules import terms as catalog_terms
from self_service.domain.rules.problems import Fix, FixAct, LineKey, Violation
from self_service.domain.rules.sale import (
    Find,
    GivenUp,
    Sale,
    SaleLine,
    Stock,
    broken,
    is_part,
    part_group,
)

#: What is broken only because a choice is not finished yet.
UNFINISHED = frozenset({"choose", "too_few_parts"})


def check(
    lines: Iterable[SaleLine],
    owned: Iterable[UUID],
    *,
    new_customer: bool,
    now: datetime,
    stock: Stock,
    find: Find,
    given_up: Iterable[GivenUp] = (),
) -> tuple[Violation, ...]:
    """Return every rule that the lines of one sale break; empty when it can be sold.

    Args:
        lines: the sale; parents before or after their children, all of them in it.
        owned: offerings that the customer has already.
        new_customer: whether nothing is owned, so that offers for new customers hold.
        now: instant of the sale, UTC.
        stock: pieces left, by offering and variant.
        find: looks an offering up, to name what a rule asks for (`Catalog.get`).
        given_up: what is owned and would end with it: nothing, when something is bought.
    """
    owned_ids, lost = frozenset(owned), tuple(given_up)
    sale = Sale(tuple(lines), owned_ids, new_customer, now, stock, find, lost)
    found = [violation for line in sale.lines for rule in OF_LINE for violation in rule(sale, line)]
    found += [violation for rule in OF_SALE for violation in rule(sale)]
    return tuple(found)


def introduced(before: Iterable[Violation], after: Iterable[Violation]) -> tuple[Violation, ...]:
    """Return what is broken after a change and was not, or was less, before it."""
    known = tuple(before)

    def is_new(violation: Violation) -> bool:
        return all(old != violation or old.excess < violation.excess for old in known)

    return tuple(violation for violation in after if is_new(violation))


def may_add(
    offering: Offering,
    lines: Iterable[SaleLine],
    owned: Iterable[UUID],
    *,
    new_customer: bool,
    now: datetime,
    stock: Stock,
    find: Find,
    parent: LineKey | None = None,
    group: str = "",
    configuration: Mapping[str, str] | None = None,
    quantity: int = 1,
) -> Violation | None:
    """Return why `offering` cannot be added to a sale, None when it can: to grey choices out.

    What is only unfinished (colour not chosen, parts of the bundle not chosen) does not count.
    """
    present = tuple(lines)
    above = next((line.offering for line in present if line.key == parent), None)
    if above is not None:
        group = part_group(above, offering.id, group) or group
    added = SaleLine(object(), offering, configuration or {}, parent, group, quantity)

    def violations(of: tuple[SaleLine, ...]) -> tuple[Violation, ...]:
        return check(of, owned, new_customer=new_customer, now=now, stock=stock, find=find)

    new = introduced(violations(present), violations((*present, added)))
    return next((violation for violation in new if violation.code not in UNFINISHED), None)


def _on_sale(sale: Sale, line: SaleLine) -> Iterator[Violation]:
    offering = line.offering
    remove = Fix(FixAct.REMOVE, offerings=(offering,))
    if offering.valid_from is not None and sale.now < offering.valid_from:
        message = N_("{offering} can be bought from {date}. Remove it until then.")
        yield broken("not_yet_on_sale", message, line, fix=remove, date=offering.valid_from)
    elif not offering.on_sale(sale.now):
        message = N_("{offering} is no longer on sale. Remove it to continue.")
        yield broken("no_longer_on_sale", message, line, fix=remove)
    if not offering.is_sellable and not is_part(sale, line):
        message = N_("{offering} is sold only as part of a bundle. Choose a bundle instead.")
        yield broken("bundle_only", message, line, fix=remove)
    if offering.new_customers_only and not sale.new_customer:
        message = N_("{offering} is for new customers only. Choose another offer.")
        yield broken("new_customers_only", message, line, fix=remove)


def _configuration(_sale: Sale, line: SaleLine) -> Iterator[Violation]:
    choices = {choice.name: choice for choice in line.offering.choices}
    for name, choice in choices.items():
        values = tuple(str(value) for value in choice.values)
        fix = Fix(FixAct.CHOOSE, choice=name, values=values)
        chosen = line.configuration.get(name)
        if chosen is None:
            message = N_("Choose {choice} for {offering}.")
            yield broken("choose", message, line, fix=fix, choice=name)
        elif chosen not in values:
            message = N_("{offering} does not come in {value}. Choose one of: {values}.")
            listed = ", ".join(values)
            yield broken("no_such_value", message, line, fix=fix, value=chosen, values=listed)
    for name in line.configuration:
        if name not in choices:
            message = N_("{offering} has no {choice} to choose. Leave it out.")
            yield broken("no_such_choice", message, line, choice=name)


OfLine = Callable[[Sale, SaleLine], Iterator[Violation]]
OfSale = Callable[[Sale], Iterator[Violation]]

#: The rules, in the order in which a person should hear of them.
OF_LINE: tuple[OfLine, ...] = (
    _on_sale,
    catalog_relations.place,
    catalog_relations.one_plan,
    catalog_relations.once,
    catalog_relations.requires,
    catalog_relations.excluded_by_owned,
    _configuration,
    catalog_relations.parts,
)
OF_SALE: tuple[OfSale, ...] = (
    catalog_relations.excludes,
    catalog_limits.quantities,
    catalog_limits.stock,
    catalog_terms.minimum_term,
)
