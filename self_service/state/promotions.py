"""Promotion codes as administrators run them: made, changed, ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n
from self_service.domain.access import Actor, ConfirmationNeeded
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.domain.promotions import desk
from self_service.models.access import Role
from self_service.state.checkout_rows import OptionRow
from self_service.state.display import problem, refusal
from self_service.state.guard import act, public, secured
from self_service.state.promotion_desk_rows import (
    PromotionRow,
    effect_choices,
    kind_choices,
    promotion_rows,
)
from self_service.state.request import PageRequest, PageState, show
from self_service.state.roles import only_for
from self_service.state.shell import ShellState
from self_service.state.staff import texts

#: Fields of the form for a new code.
FIELDS = (
    "code",
    "name",
    "effect",
    "value",
    "months",
    "kinds",
    "offerings",
    "most_uses",
    "valid_from",
    "valid_to",
)
NO_FAULTS = dict.fromkeys(FIELDS, "")


class PromotionsState(PageState, rx.State):
    """All promotions, and the form for one more."""

    loaded: bool = False
    promotions: list[PromotionRow] = []
    effects: list[OptionRow] = []
    kinds: list[OptionRow] = []
    faults: dict[str, str] = NO_FAULTS
    form_number: int = 0  # of the form for a new code: another one is an empty one
    refused: str = ""

    @public
    async def load(self) -> Any:
        """Read the promotions."""
        self.refused, self.faults = "", NO_FAULTS
        return await show(self, promotions_values)

    @secured(Role.ADMINISTRATOR)
    async def add(self, form: dict[str, Any]) -> None:
        """Make a promotion."""
        if await self._change(N_("The code is made."), desk.add, form=texts(form)):
            self.form_number += 1

    @secured(Role.ADMINISTRATOR)
    async def change(self, form: dict[str, Any]) -> None:
        """Change when a code holds and how often it can be used."""
        said = texts(form)
        promotion_id = said.get("promotion", "")
        await self._change(N_("Saved."), desk.change, promotion_id=promotion_id, form=said)

    @secured(Role.ADMINISTRATOR)
    async def end(self, promotion: str) -> None:
        """End a code now."""
        await self._change(N_("The code is over."), desk.end, promotion_id=promotion)

    async def _change(self, told: str, operation: Callable[..., Any], **values: Any) -> bool:
        """Run an act and say how it went; a proof that is too old is asked for by the shell."""
        language = PageRequest.of(self).language
        self.faults, self.refused = NO_FAULTS, ""
        shell = await self.get_state(ShellState)
        try:
            await act(self, operation, **values)
        except ConfirmationNeeded:
            raise
        except DomainError as error:
            self.refused = refusal(error, language)
            if isinstance(error, Invalid):
                found = {name: problem(*fault, language) for name, fault in error.faults.items()}
                own = operation is desk.add
                self.faults = {**NO_FAULTS, **found} if own else NO_FAULTS
                self.refused = self.refused if own else " ".join(found.values())
            shell._tell(self.refused)
            return False
        shell._tell(i18n.translate(language, told))
        await show(self, promotions_values)
        return True


async def promotions_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of PromotionsState.

    Raises:
        Elsewhere: not an administrator.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    only_for(request, actor, Role.ADMINISTRATOR)
    found = desk.listing(session, actor, now=now)
    return {
        "loaded": True,
        "promotions": promotion_rows(found, request.language),
        "effects": effect_choices(request.language),
        "kinds": kind_choices(request.language),
    }
