"""What a contract summary says: typed here, filled by the caller, set by contract_summary.typ.

Headings and their order are those of the template in the Annex to Implementing Regulation (EU)
2019/2243. Every text arrives translated, every price and date written for the reader's locale: the
template holds no words.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value, for example "Download" and "100 Mbit/s"."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Operator:
    """Who offers the contract.

    Attributes:
        contact: one line each: postal address, telephone, e-mail, website.
        accent: brand colour as #rrggbb, for rules and the title; must be readable on white.
    """

    name: str
    contact: tuple[str, ...]
    accent: str = "#1d4ed8"


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the Annex with its text."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One row of the order; also its row of column names and its row of sums.

    Attributes:
        note: small print under the item, "" for none.
    """

    item: str
    quantity: str
    due_now: str
    monthly: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Discount:
    """A price that changes: the law wants its end and the price after it (EECC Annex VIII).

    Attributes:
        name: what is cheaper.
        price: the price for the time being.
        until: when that ends.
        later: the price from then on.
    """

    name: str
    price: str
    until: str
    later: str


@dataclass(frozen=True, slots=True)
class Price:
    """The heading "Price": order lines, the three sums, discounts, further charges.

    Attributes:
        columns: names of the columns.
        total: last row of the table.
        due_now: sum to be paid with the order.
        monthly: sum of each month, at first.
        whole_term: everything over the shortest contract term.
        notes: activation, usage-based charges, taxes.
    """

    heading: str
    columns: OrderLine
    lines: tuple[OrderLine, ...]
    total: OrderLine
    due_now: Fact
    monthly: Fact
    whole_term: Fact
    discounts: tuple[Discount, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractSummaryData:
    """Everything on the summary, in the order in which it is read.

    Attributes:
        language: BCP 47 tag of the text, for example "en" or "pt-BR".
        direction: writing direction of that language.
        title: name of the document.
        service: name of what is offered.
        issued_at: instant of issue, aware; written into the file, so that the same data gives the
            same bytes.
        issued_on: that date as the reader writes it, and `reference` the offer or order it is for.
        introduction: the sentence that the Annex puts under the operator's details.
        services: services and equipment.
        speeds: speeds of the internet access and remedies; None when none is sold.
        duration: duration, renewal and termination.
        accessibility: features for end users with disabilities.
        other: other relevant information; None when there is nothing.
    """

    language: str
    direction: Literal["ltr", "rtl"]
    title: str
    service: str
    operator: Operator
    issued_at: datetime
    issued_on: Fact
    reference: Fact
    introduction: str
    services: Section
    speeds: Section | None
    price: Price
    duration: Section
    accessibility: Section
    other: Section | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain data for `DocumentRequest.data`; the time of issue as Unix seconds.

        Raises:
            ValueError: `issued_at` has no time zone.
        """
        if self.issued_at.tzinfo is None:
            raise ValueError("issued_at must be aware")
        plain = asdict(self)
        plain["lang"] = plain.pop("language")
        plain["dir"] = plain.pop("direction")
        plain["timestamp"] = int(plain.pop("issued_at").timestamp())
        return plain
