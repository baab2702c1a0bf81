"""Pages for those who serve customers, and for those who run the portal."""

from __future__ import annotations

from self_service import routes
from self_service.domain.access import Actor
from self_service.domain.errors import N_
from self_service.models.access import Role
from self_service.state.request import Elsewhere, PageRequest, sign_in_first

#: What each role is called.
ROLES = {
    Role.VISITOR: N_("Visitor"),
    Role.CUSTOMER: N_("Customer"),
    Role.SUB_USER: N_("Sub-user"),
    Role.DEALER: N_("Dealer"),
    Role.DEALER_SUPERVISOR: N_("Dealer supervisor"),
    Role.REPRESENTATIVE: N_("Customer service"),
    Role.ADMINISTRATOR: N_("Administrator"),
}


def only_for(request: PageRequest, actor: Actor, *roles: Role) -> None:
    """Send visitors to the sign-in page, and others, for whom this page is not, to the store.

    Raises:
        Elsewhere: not one of these roles.
    """
    sign_in_first(request, actor)
    if actor.role not in roles:
        raise Elsewhere(routes.page(request.language, routes.STORE))
