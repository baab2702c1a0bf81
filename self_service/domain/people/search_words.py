"""By what a customer is found: words of names, the e-mail address, the mobile number.

Each stands folded in a row of its own, so that whatever somebody types is the beginning of one,
and an index finds it. Whoever writes one of those details calls `note` in the same transaction;
of customers who were erased nothing stays.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from self_service.domain.people import typed_text
from self_service.domain.rows import add_rows, changed
from self_service.domain.store.words import fold
from self_service.models.people import Customer, CustomerStatus, CustomerWord, Individual, WordKind

#: Letters that Unicode does not take apart, as they are typed without their strokes.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "đ": "d", "æ": "ae", "œ": "oe"})
#: Sorts after whatever begins with the same letters.
_LAST = "\U0010ffff"
#: Characters of a word that are kept; and digits of a number without which none is looked for.
_LONGEST, _LEAST_DIGITS = 254, 4


def folded(text: str) -> list[str]:
    """Return the words between spaces, in small letters and without accents."""
    return [word[:_LONGEST] for word in fold(text).translate(_PLAIN).split()]


def words_of(names: str, email: str = "", mobile: str = "") -> set[tuple[WordKind, str]]:
    """Return by what somebody is found.

    Args:
        names: all names, with spaces between.
        email: address, "" for none.
        mobile: number in E.164, "" for none.
    """
    found = {(WordKind.NAME, word) for word in folded(names)}
    if email:
        found.add((WordKind.EMAIL, email.casefold()[:_LONGEST]))
    if mobile:
        digits = mobile.lstrip("+")
        found.add((WordKind.MOBILE, "+" + digits))
        # as it is dialled at home, after a country code of one to three digits
        found |= {(WordKind.MOBILE, "0" + digits[code:]) for code in (1, 2, 3)}
    return found


def note(session: Session, customer_id: UUID) -> None:
    """Write anew by what a customer is found; nothing for one who was erased."""
    session.flush()
    changed(session, delete(CustomerWord).where(col(CustomerWord.customer_id) == customer_id))
    row = session.exec(
        select(Customer, Individual)
        .outerjoin(Individual, col(Individual.id) == Customer.individual_id)
        .where(Customer.id == customer_id, Customer.status != CustomerStatus.CLOSED)
    ).first()
    if row is None:
        return
    customer, person = row
    names = [customer.name, *((person.given_name, person.family_name) if person else ())]
    contact = (person.email, person.mobile) if person else ()
    words = sorted(words_of(" ".join(names), *contact))
    add_rows(
        session,
        [CustomerWord(customer_id=customer_id, kind=kind, word=word) for kind, word in words],
    )


def note_person(session: Session, individual_id: UUID) -> None:
    """Write anew by what the customers are found who are this person."""
    session.flush()
    for customer_id in session.exec(
        select(Customer.id).where(Customer.individual_id == individual_id)
    ).all():
        note(session, customer_id)


def matching(text: str, most: int) -> list[SelectOfScalar[UUID]]:
    """Return queries each of which finds customers by what was typed, from an index.

    Args:
        text: as typed, its white space collapsed.
        most: words that are read.
    """
    found = [_named(folded(text)[:most]), _beginning(WordKind.EMAIL, text.casefold())]
    digits = "".join(sign for sign in typed_text.plain(text) if sign.isdigit())
    if len(digits) >= _LEAST_DIGITS and not any(sign.isalpha() for sign in text):
        at_home = digits.startswith("0") and not digits.startswith("00") and "+" not in text
        number = digits if at_home else "+" + digits.lstrip("0")
        found.append(_beginning(WordKind.MOBILE, number))
    return found


def _named(words: list[str]) -> SelectOfScalar[UUID]:
    """Find names of which, for each of the words, one begins so."""
    first, *others = words or [_LAST]
    statement = _beginning(WordKind.NAME, first)
    for word in others:
        also = _beginning(WordKind.NAME, word)
        statement = statement.where(col(CustomerWord.customer_id).in_(also))
    return statement


def _beginning(kind: WordKind, prefix: str) -> SelectOfScalar[UUID]:
    # a range, for SQLite's LIKE knows no capitals and so uses no index
    range_: tuple[ColumnElement[bool], ...] = (
        col(CustomerWord.kind) == kind,
        col(CustomerWord.word) >= prefix,
        col(CustomerWord.word) < prefix + _LAST,
    )
    return select(CustomerWord.customer_id).where(*range_)
