"""Who can sign in to the demo. Shown on the sign-in page of the demo, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from self_service.domain.errors import N_


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """One of the demo's people.

    Attributes:
        name: given and family name.
        login: e-mail address, of a domain that can never exist (RFC 2606).
        password: known to everybody.
        description: who this is, translatable.
        details: the person's details, by the field names of `domain.person_fields`.
        organization: trading name of the company that is the customer, "" for a person.
    """

    name: str
    login: str
    password: str
    description: str
    details: dict[str, str]
    organization: str = ""


#: Telephone numbers of the people: kept free for films by the German regulator, nobody's own.
_HARBOUR = {"country": "DE", "city": "Tidewell", "postal_code": "25999"}

PREPAID = DemoSignIn(
    name="Lucía Ferrer",
    login="lucia@tidewell.example",
    password="salt-lantern-prepaid",
    description=N_("Prepaid: pays from a wallet, owns a phone and a watch"),
    details={
        **_HARBOUR,
        "given_name": "Lucía",
        "family_name": "Ferrer",
        "mobile": "+491713920011",
        "birth_date": "1998-05-14",
        "language": "es",
        "street_address": "Leuchtturmweg 4",
    },
)
POSTPAID = DemoSignIn(
    name="Jonas Brandt",
    login="jonas@tidewell.example",
    password="gull-harbour-monthly",
    description=N_("Monthly bill: mobile with a phone, fibre and TV at home"),
    details={
        **_HARBOUR,
        "given_name": "Jonas",
        "family_name": "Brandt",
        "mobile": "+491713920022",
        "birth_date": "1984-11-02",
        "language": "en",
        "street_address": "Am Alten Hafen 17",
    },
)
CORPORATE = DemoSignIn(
    name="Amal Haddad",
    login="amal@tidewell.example",
    password="pine-anchor-company",
    description=N_("Company: five mobile lines and fibre for the office"),
    details={
        **_HARBOUR,
        "given_name": "Amal",
        "family_name": "Haddad",
        "mobile": "+491713920033",
        "birth_date": "1979-08-23",
        "language": "ar",
        "street_address": "Speicherstraße 2",
    },
    organization="Harbour & Pine GmbH",
)
STAFF = DemoSignIn(
    name="Sam Okoye",
    login="sam@tidewell.example",
    password="desk-compass-staff",
    description=N_("Staff: works for the operator"),
    details={"given_name": "Sam", "family_name": "Okoye", "language": "en"},
)

DEMO_SIGN_INS = (PREPAID, POSTPAID, CORPORATE, STAFF)
