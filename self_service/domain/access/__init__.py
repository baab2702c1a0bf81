"""Who is acting, and what that allows.

The actor comes from the server-side session behind an HttpOnly cookie, never from an argument of
an event.
"""

from self_service.domain.access.actor import (
    FRESH_FOR,
    SERVING,
    Actor,
    ConfirmationNeeded,
    NotAllowed,
    SecondFactorNeeded,
    Share,
    SignInNeeded,
)
from self_service.domain.access.sessions import (
    SEEN_EVERY,
    SESSION_IDLE,
    SESSION_LIFE,
    close_session,
    cookie_key,
    open_session,
    resolve,
)

__all__ = [
    "FRESH_FOR",
    "SEEN_EVERY",
    "SERVING",
    "SESSION_IDLE",
    "SESSION_LIFE",
    "Actor",
    "ConfirmationNeeded",
    "NotAllowed",
    "SecondFactorNeeded",
    "Share",
    "SignInNeeded",
    "close_session",
    "cookie_key",
    "open_session",
    "resolve",
]
