"""Who can sign in to the demo. Shown on the sign-in page of the demo, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

from self_service.domain.errors import N_
from self_service.models.access import Role


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
        role: CUSTOMER, or what the person is at the operator.
        supervisor: login of a dealer's supervisor.
        serves: logins of the customers whom a dealer serves.
    """

    name: str
    login: str
    password: str
    description: str
    details: dict[str, str]
    organization: str = ""
    role: Role = Role.CUSTOMER
    supervisor: str = ""
    serves: tuple[str, ...] = ()


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
HYBRID = DemoSignIn(
    name="Mateo Silva",
    login="mateo@tidewell.example",
    password="ferry-signal-both",
    description=N_("Wallet and bill: a phone by instalments, and a prepaid line"),
    details={
        **_HARBOUR,
        "given_name": "Mateo",
        "family_name": "Silva",
        "mobile": "+491713920044",
        "birth_date": "1991-03-30",
        "language": "es",
        "street_address": "Fischmarkt 9",
    },
)
SUPERVISOR = DemoSignIn(
    name="Ola Lindqvist",
    login="ola@tidewell.example",
    password="tern-lighthouse-region",
    description=N_("Dealer supervisor: acts for the customers of Deniz"),
    details={"given_name": "Ola", "family_name": "Lindqvist", "language": "en"},
    role=Role.DEALER_SUPERVISOR,
)
DEALER = DemoSignIn(
    name="Deniz Kaya",
    login="deniz@tidewell.example",
    password="plover-counter-dealer",
    description=N_("Dealer: acts for Lucía"),
    details={"given_name": "Deniz", "family_name": "Kaya", "language": "en"},
    role=Role.DEALER,
    supervisor=SUPERVISOR.login,
    serves=(PREPAID.login,),
)
OTHER_DEALER = DemoSignIn(
    name="Priya Nair",
    login="priya@tidewell.example",
    password="sandpiper-market-dealer",
    description=N_("Another dealer: acts for Jonas"),
    details={"given_name": "Priya", "family_name": "Nair", "language": "en"},
    role=Role.DEALER,
    serves=(POSTPAID.login,),
)
STAFF = DemoSignIn(
    name="Sam Okoye",
    login="sam@tidewell.example",
    password="desk-compass-staff",
    description=N_("Customer service: acts for every customer"),
    details={"given_name": "Sam", "family_name": "Okoye", "language": "en"},
    role=Role.REPRESENTATIVE,
)
ADMINISTRATOR = DemoSignIn(
    name="Ines Falk",
    login="ines@tidewell.example",
    password="harbourmaster-keys-office",
    description=N_("Administrator: people, roles and the audit"),
    details={"given_name": "Ines", "family_name": "Falk", "language": "en"},
    role=Role.ADMINISTRATOR,
)

#: Supervisors stand before their dealers, and customers before whoever serves them.
DEMO_SIGN_INS = (
    PREPAID,
    POSTPAID,
    CORPORATE,
    HYBRID,
    SUPERVISOR,
    DEALER,
    OTHER_DEALER,
    STAFF,
    ADMINISTRATOR,
)
