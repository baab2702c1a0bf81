"""Why something about a subscription cannot be changed now, and what to do instead."""

from __future__ import annotations

from self_service.domain.errors import N_, DomainError


class OtherChangeOpen(DomainError):
    """One change at a time: the answer of the network to one decides what the next one means."""

    code = "other_change_open"
    message = N_("Another change of this is under way. Call it off, or wait until it is done.")


class NotRunning(DomainError):
    """It is paused, suspended for a debt, or ended."""

    code = "not_running"
    message = N_("This does not run at the moment. Switch it on again first.")


class Unpaid(DomainError):
    """Services are suspended for what is owed."""

    code = "suspended_for_debt"
    message = N_("This is suspended because of an open bill. Pay the bill first.")


class NoSuchChange(DomainError):
    """A plan that is no alternative, an extra that is none: no page of ours offers it."""

    code = "no_such_change"
    message = N_("This change is not offered. Choose one of the list.")


class QuoteChanged(DomainError):
    """What it costs is not what was shown."""

    code = "quote_changed"
    message = N_("The price changed since you looked at it. Please check it again.")


class NotEnoughCredit(DomainError):
    """A prepaid change is paid at once."""

    code = "credit_lacks"
    message = N_("Your wallet lacks {amount} for this. Top up first, or choose the next renewal.")


class PartOfBundle(DomainError):
    """What a bundle pays for is not changed on its own."""

    code = "part_of_bundle"
    message = N_("This is part of {offering} and cannot be changed on its own.")


class BadDays(DomainError):
    """Days of a pause, or of the end, that cannot be."""

    code = "bad_days"
    message = N_("Choose days from tomorrow on, the last one at most {days} days after the first.")


class TooLateToWithdraw(DomainError):
    """The legal time is over."""

    code = "too_late_to_withdraw"
    message = N_("You could withdraw from this contract until {date}. You can still end it.")


class NotRevocable(DomainError):
    """It is under way, done, or was called off before."""

    code = "not_revocable"
    message = N_("This change cannot be called off any more.")


class AlreadyRequested(DomainError):
    """One request for a piece of goods at a time."""

    code = "already_requested"
    message = N_("There is a request about this already.")


class NotReturnable(DomainError):
    """The days in which goods are taken back, or the warranty, are over."""

    code = "not_returnable"
    message = N_("This was possible until {date}.")


class ReasonNeeded(DomainError):
    """Whoever decides about it needs to know why."""

    code = "reason_needed"
    message = N_("Say in a few words what is wrong.")
