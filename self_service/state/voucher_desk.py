"""Vouchers for staff: batches, a new one, one with its numbers, one voucher by its serial."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import clock, i18n, policy, settings
from self_service.domain.access import Actor, ConfirmationNeeded
from self_service.domain.errors import N_, DomainError, Invalid, NotFound
from self_service.domain.people.sealing import Vault
from self_service.domain.policy import VoucherPolicy
from self_service.domain.vouchers import batch_form, batch_list, batches, exporting
from self_service.models.access import Role
from self_service.state.display import problem, refusal
from self_service.state.guard import act, look, public, secured
from self_service.state.request import PageRequest, PageState, readable, show
from self_service.state.roles import only_for
from self_service.state.shell import ShellState
from self_service.state.staff import texts
from self_service.state.staff_rows import ChoiceRow
from self_service.state.voucher_desk_rows import (
    BatchRow,
    FoundRow,
    RedemptionRow,
    batch_row,
    batch_rows,
    form_values,
    found_row,
    redemption_rows,
)
from self_service.state.wallet_words import said
from self_service.wiring import vault, wallet_terms

NO_FAULTS = dict.fromkeys(batch_form.FIELDS, "")


class VoucherDeskState(PageState, rx.State):
    """What staff see of vouchers, and what administrators change."""

    loaded: bool = False
    may_change: bool = False
    batches: list[BatchRow] = []
    batch: BatchRow = BatchRow()  # the one that is open, without a number for none
    kinds: list[ChoiceRow] = []
    dealers: list[ChoiceRow] = []
    faults: dict[str, str] = NO_FAULTS
    form_number: int = 0  # of the form for a new batch: another one is an empty one
    refused: str = ""
    found: FoundRow = FoundRow()
    not_found: str = ""
    redemptions: list[RedemptionRow] = []
    redemptions_read: bool = False

    @public
    async def load(self) -> Any:
        """Read the page."""
        self.faults, self.found, self.not_found = NO_FAULTS, FoundRow(), ""
        self.redemptions, self.redemptions_read = [], False
        return await show(self, desk_values)

    @secured(Role.ADMINISTRATOR)
    async def create(self, form: dict[str, Any]) -> None:
        """Make a batch."""
        more = {"form": texts(form), "rules": policy.current().vouchers, "vault": vault()}
        if await self._change(N_("The batch is made."), create, **more):
            self.form_number += 1

    @secured(Role.ADMINISTRATOR)
    async def void_batch(self) -> None:
        """End the batch that is open."""
        await self._change(N_("The batch is void."), batches.void_batch, self.batch.number)

    @secured(Role.ADMINISTRATOR)
    async def confirm_print(self) -> None:
        """Say that the print house has all codes of the batch that is open."""
        told = N_("Confirmed. The codes cannot be exported any more.")
        await self._change(told, exporting.confirm, self.batch.number)

    @secured(Role.ADMINISTRATOR)
    async def void_voucher(self) -> None:
        """End the voucher that was found."""
        serial = self.found.serial
        if await self._change(N_("The voucher is void."), batches.void_voucher, serial):
            await self._search(serial)

    @secured(*batch_list.STAFF)
    async def search(self, form: dict[str, Any]) -> None:
        """Find a voucher by its serial number."""
        await self._search(texts(form).get("serial", ""))

    @secured(*batch_list.STAFF)
    async def show_redemptions(self) -> None:
        """Show who redeemed vouchers of the batch that is open; that is recorded."""
        language = PageRequest.of(self).language
        found = await act(self, batch_list.redemptions, self.batch.number)
        self.redemptions = redemption_rows(found, clock.now(), language)
        self.redemptions_read = True

    async def _search(self, serial: str) -> None:
        language = PageRequest.of(self).language
        self.found, self.not_found = FoundRow(), ""
        try:
            found = await look(self, batch_list.search, readable(serial))
        except NotFound:
            text = N_("There is no voucher with this serial number.")
            self.not_found = i18n.translate(language, text)
        else:
            self.found = found_row(found, clock.now(), language)

    async def _change(
        self, told: str, operation: Callable[..., Any], *args: Any, **more: Any
    ) -> bool:
        """Run an act and say how it went; a proof that is too old is asked for by the shell."""
        language, self.refused, self.faults = PageRequest.of(self).language, "", NO_FAULTS
        shell = await self.get_state(ShellState)
        try:
            await act(self, operation, *args, **more)
        except ConfirmationNeeded:
            raise
        except DomainError as error:
            self.refused = refusal(error, language)
            if isinstance(error, Invalid):
                found = {name: problem(*fault, language) for name, fault in error.faults.items()}
                self.faults = {**NO_FAULTS, **found}
            shell._tell(self.refused)
            return False
        shell._tell(i18n.translate(language, told))
        await show(self, desk_values)
        return True


def create(
    session: Session,
    actor: Actor,
    *,
    form: dict[str, str],
    rules: VoucherPolicy,
    vault: Vault,
    now: datetime,
) -> str:
    """Check the form and make the batch."""
    wish = batch_form.read(
        session,
        form,
        policy=rules,
        currency=settings.get().currency,
        zone=clock.zone(),
        now=now,
    )
    return batches.create(session, actor, wish, vault=vault, now=now)


async def desk_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of VoucherDeskState.

    Raises:
        Elsewhere: not staff.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    only_for(request, actor, *batch_list.STAFF)
    language, number = request.language, request.query.get("batch", "")
    return {
        "loaded": True,
        "may_change": actor.role is Role.ADMINISTRATOR,
        "batches": batch_rows(batch_list.overview(session, actor, now=now), now, language),
        "batch": _open(session, actor, number, language, now=now),
        "refused": said(request.query.get("refused", ""), "", wallet_terms(), language),
        **form_values(batch_list.dealers(session, actor, now=now), language),
    }


def _open(session: Session, actor: Actor, number: str, language: str, *, now: datetime) -> BatchRow:
    """Read the batch of the address; none for one that is not there."""
    try:
        return batch_row(batch_list.one(session, actor, number, now=now), now, language)
    except NotFound:
        return BatchRow()
