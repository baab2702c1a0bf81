"""Why a code is not taken. Codes are advertised, so what is wrong with one is no secret."""

from __future__ import annotations

from self_service.domain.errors import N_, DomainError


class CodeRefused(DomainError):
    """A code that cannot be used; `data` names it, and the other one where there is one."""


class CodeUnknown(CodeRefused):
    """There is no such code."""

    code = "code_unknown"
    message = N_("We do not know this code. Please check how it is written.")


class CodeNotYet(CodeRefused):
    """It holds from a later day on."""

    code = "code_not_yet"
    message = N_("The code {code} is not valid yet.")


class CodeOver(CodeRefused):
    """It held until an earlier day."""

    code = "code_over"
    message = N_("The code {code} is not valid any more.")


class CodeUsedUp(CodeRefused):
    """It was used as often as it may be."""

    code = "code_used_up"
    message = N_("The code {code} was used up.")


class CodeForNew(CodeRefused):
    """This customer has something already, or ordered something."""

    code = "code_for_new"
    message = N_("The code {code} is only for new customers.")


class CodeUsedBefore(CodeRefused):
    """This customer had it once."""

    code = "code_used_before"
    message = N_("You used the code {code} before. It can be used once.")


class NotTogether(CodeRefused):
    """One of two codes stands alone."""

    code = "code_not_together"
    message = N_("The code {code} cannot be used together with {other}.")


class NothingLowered(CodeRefused):
    """No line of the basket is one that the code is for."""

    code = "code_lowers_nothing"
    message = N_("The code {code} lowers nothing that is in your basket.")


class TooManyCodes(CodeRefused):
    """More codes in one basket than anybody needs."""

    code = "code_too_many"
    message = N_("There are too many codes in your basket. Remove one first.")


class TooManyCodesTried(DomainError):
    """Too many codes tried, in this browser or from this network."""

    code = "code_too_many_tries"
    message = N_("You tried many codes. Please wait a quarter of an hour and try again.")


class CodeLost(DomainError):
    """A code stopped being usable between the basket and the order: nothing was ordered."""

    code = "code_lost"
    message = N_("A code cannot be used any more, so nothing was ordered. Please look again.")


#: All that can be wrong with one code, by its stable code.
REFUSALS: dict[str, type[DomainError]] = {
    kind.code: kind for kind in (*CodeRefused.__subclasses__(), TooManyCodesTried)
}
