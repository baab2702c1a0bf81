"""Whether an OpenID Connect provider vouches for two factors, as its ID token says it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

#: Strengths ("acr") that mean two factors wherever they are used.
_STRONG = frozenset(
    {
        "https://refeds.org/profile/mfa",
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
    }
)
#: Methods ("amr", RFC 8176) by what they prove: two of different kinds are two factors.
_KINDS = (
    frozenset({"pwd", "pin", "kba"}),  # what one knows
    frozenset({"otp", "hwk", "swk", "sc", "sms", "tel"}),  # what one has
    frozenset({"face", "fpt", "iris", "retina", "vbm"}),  # what one is
)


def two_factors(claims: Mapping[str, Any], strong: Collection[str] = ()) -> bool:
    """Say whether a sign-in at the provider took two factors; its silence is a no.

    Args:
        claims: of a verified ID token.
        strong: further strengths ("acr") that mean two factors at this provider.
    """
    acr, amr = claims.get("acr"), claims.get("amr")
    if isinstance(acr, str) and acr in {*_STRONG, *strong}:
        return True
    methods = {one for one in amr if isinstance(one, str)} if isinstance(amr, list) else set()
    return "mfa" in methods or sum(not kind.isdisjoint(methods) for kind in _KINDS) > 1
