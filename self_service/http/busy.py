"""What is said when too much is asked for at once: one page, and when to come again."""

from __future__ import annotations

from starlette.responses import Response

from self_service import i18n, logs, routes
from self_service.buckets import Buckets
from self_service.components.ui.markup import Paper
from self_service.http.frame import frame

#: A network's first requests at full speed: so many seconds' worth.
BURST = 10
#: Seconds after which one may come again.
AGAIN = 10
#: First parts of the addresses that cost work: pages, forms, documents, payment. All else is a
#: file, a drawing that browsers keep, the websocket, or a message of a provider.
COUNTED = frozenset(
    {
        "",
        *i18n.LANGUAGES,
        *(
            path.split("/")[1]
            for path in (
                routes.DO_SIGN_IN,
                routes.SET_UP_SECOND_FACTOR,
                routes.OIDC_CALLBACK,
                routes.ERASED,
                routes.DOCUMENTS,
                routes.BILL_FILES,
                routes.WALLET_FILE,
                routes.USAGE_FILE,
                routes.COMPANY_SPEND_FILE,
                routes.VOUCHER_API,
                routes.SIM_CODE,
                routes.PORT_OUT_CODE,
                routes.PAY_LINK,
                routes.PAY_WITH,
                routes.SANDBOX,
                routes.STRIPE_PAY,
            )
        ),
    }
)


class Requests:
    """Counts the requests of each network that cost work."""

    def __init__(self, rate: float) -> None:
        self.buckets = Buckets(rate, rate * BURST)

    def refusal(self, path: str, network: str) -> Response | None:
        """Return what to answer instead of serving a request, None when it may be served."""
        first = path.split("/", 2)[1] if path.startswith("/") else path
        counted = first in COUNTED and path != routes.OIDC_ENDED  # which a provider calls
        if not counted or self.buckets.take(network):
            return None
        logs.security("too many requests")
        return busy(i18n.known(first), status=429)


def busy(language: str, *, status: int) -> Response:
    """Ask to come again a little later: 429 to who asks too much, 503 when others do."""
    h = Paper(language)
    title = h.t("Please wait a moment")
    body = h.group(
        h.h1(title),
        h.p(h.t("There are too many requests just now. Please try again in a few seconds.")),
        h.p(h.a(h.t("To the store"), href="/")),
    )
    response = frame(title, body, language=language, status=status)
    response.headers["Retry-After"] = str(AGAIN)
    return response
