"""The operator's OpenID Connect provider: authorization code with PKCE and nonce, by Authlib.

Everything about the provider is read from its discovery document (OpenID Connect Discovery 1.0)
and kept for a while; its keys too, and again when a token names an unknown one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from self_service.adapters.oidc_factors import two_factors
from self_service.ports import ProviderEnded, ProviderError, ProviderPerson

#: Seconds for which discovery and keys are kept, and that a call may take.
_KEPT, _LONGEST = 3_600, 10.0
#: Seconds by which clocks may differ.
_LEEWAY = 60
#: Signatures that are accepted; "none" and shared secrets never.
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_TYPES = ("logout+jwt", "application/logout+jwt")
#: Seconds for which a logout token is taken.
_LOGOUT_FOR = 300


class AuthlibProvider:
    """A provider, found by its issuer address."""

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        client_secret: str,
        name: str,
        clock: Callable[[], datetime],
        max_age: int = 0,
        acr: tuple[str, ...] = (),
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """Take how the operator registered us there; nothing is asked before first use.

        Args:
            issuer: address below which the discovery document lies.
            client_id: of the portal there.
            client_secret: of the portal there, none for a public client.
            name: that people know the provider by.
            clock: says what time it is.
            max_age: seconds that a sign-in there may be old, 0 for any age.
            acr: strengths of which a sign-in there must have one; none for any.
            transport: for tests.
        """
        self.name = name
        self.issuer = issuer.rstrip("/")
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._max_age, self._acr = max_age, acr
        self._transport = transport
        self._kept: dict[str, tuple[float, Any]] = {}

    async def begin(self, *, back_to: str, state: str, nonce: str, verifier: str) -> str:
        """Return the address at the provider that the browser goes to."""
        known = await self._discovered()
        asked: dict[str, str] = {"nonce": nonce}
        if self._max_age:
            asked["max_age"] = str(self._max_age)
        if self._acr:
            asked["acr_values"] = " ".join(self._acr)
        async with self._client(back_to) as client:
            address, _ = client.create_authorization_url(
                known["authorization_endpoint"], state=state, code_verifier=verifier, **asked
            )
        return str(address)

    async def finish(
        self, *, back_to: str, code: str, nonce: str, verifier: str, issuer: str
    ) -> ProviderPerson:
        """Change the code for a token and read who it is.

        Args:
            back_to: the same address as at the beginning.
            code: that the browser brought.
            nonce: of this way.
            verifier: of this way (PKCE).
            issuer: that the browser brought (RFC 9207), "" when the provider names none.

        Raises:
            ProviderError: refused, unreachable, or the token is not for us.
        """
        known = await self._discovered()
        if issuer and issuer != known["issuer"]:
            raise ProviderError("another provider answered")
        try:
            async with self._client(back_to) as client:
                token = await client.fetch_token(
                    known["token_endpoint"], code=code, code_verifier=verifier
                )
        except (OAuthError, httpx2.HTTPError) as error:
            raise ProviderError(type(error).__name__) from None
        id_token = str(token.get("id_token", ""))
        claims = await self._claims(id_token, nonce=nonce)
        self._strong_and_recent(claims)
        return ProviderPerson(
            issuer=known["issuer"],
            subject=str(claims["sub"]),
            email=str(claims.get("email", "")),
            email_verified=claims.get("email_verified") is True,
            given_name=str(claims.get("given_name", "")),
            family_name=str(claims.get("family_name", "")),
            session=str(claims.get("sid", "")),
            id_token=id_token,
            second_factor=two_factors(claims, self._acr),
        )

    async def logout_address(self, *, id_token: str, back_to: str) -> str:
        """Return where the browser signs out at the provider, "" when it offers no such place."""
        known = await self._discovered()
        end = known.get("end_session_endpoint", "")
        if not end:
            return ""
        return str(
            httpx2.URL(
                end,
                params={
                    "id_token_hint": id_token,
                    "client_id": self._client_id,
                    "post_logout_redirect_uri": back_to,
                },
            )
        )

    async def read_logout(self, token: str) -> ProviderEnded:
        """Verify a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6).

        Its type must be "logout+jwt". The specification recommends to providers to write it
        (section 2.4) and leaves it to us whether we demand it (section 4.1); we do, as ASVS 10.5.5
        asks for: no other kind of token of the provider's can then end a session.

        Raises:
            ProviderError: it is none, or not for us.
        """
        known = await self._discovered()
        decoded = await self._decoded(token)
        if str(decoded.header.get("typ", "")).lower() not in _LOGOUT_TYPES:
            raise ProviderError("a logout token must have the type logout+jwt")
        claims = decoded.claims
        audience, now = claims.get("aud"), self._clock().timestamp()
        fits = (
            claims.get("iss") == known["issuer"]
            and self._client_id in (audience if isinstance(audience, list) else [audience])
            and isinstance(claims.get("events"), dict)
            and _LOGOUT in claims["events"]
            and "nonce" not in claims
            and abs(now - float(claims.get("iat", 0))) <= _LOGOUT_FOR
            and float(claims.get("exp", now)) + _LEEWAY > now
            and bool(claims.get("sub") or claims.get("sid"))
            and bool(claims.get("jti"))
        )
        if not fits:
            raise ProviderError("no logout token for us")
        return ProviderEnded(
            issuer=known["issuer"],
            subject=str(claims.get("sub", "")),
            session=str(claims.get("sid", "")),
            token_id=str(claims["jti"]),
        )

    def _client(self, back_to: str) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret or None,
            token_endpoint_auth_method="client_secret_basic" if self._client_secret else "none",
            scope="openid email profile",
            redirect_uri=back_to,
            code_challenge_method="S256",
            timeout=_LONGEST,
            transport=self._transport,
        )

    async def _claims(self, id_token: str, *, nonce: str) -> CodeIDToken:
        known = await self._discovered()
        claims = CodeIDToken(
            dict((await self._decoded(id_token)).claims),
            {},
            options={
                "iss": {"essential": True, "value": known["issuer"]},
                "aud": {"essential": True, "value": self._client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            params={"nonce": nonce, "client_id": self._client_id},
        )
        try:
            claims.validate(now=int(self._clock().timestamp()), leeway=_LEEWAY)
        except (JoseError, OAuthError) as error:
            raise ProviderError(type(error).__name__) from None
        return claims

    def _strong_and_recent(self, claims: CodeIDToken) -> None:
        """Check what was asked for at the beginning; a provider need not keep to it.

        Raises:
            ProviderError: the sign-in there is too old or too weak, or says nothing about it.
        """
        at, now = claims.get("auth_time"), self._clock().timestamp()
        if self._max_age:
            told = isinstance(at, int | float) and not isinstance(at, bool)
            if not told or not -_LEEWAY <= now - at <= self._max_age + _LEEWAY:
                raise ProviderError("the sign-in there is too old (auth_time)")
        if self._acr and claims.get("acr") not in self._acr:
            raise ProviderError("the sign-in there is too weak (acr)")

    async def _decoded(self, token: str) -> jwt.Token:
        """Check a token's signature, with the provider's keys of now where one is unknown."""
        for again in (False, True):
            listed: Any = await self._read(
                "keys", (await self._discovered())["jwks_uri"], again=again
            )
            try:
                keys = KeySet.import_key_set(listed)
                return jwt.decode(token, keys, algorithms=_ALGORITHMS)
            except (JoseError, ValueError) as error:
                reason = type(error).__name__
        raise ProviderError(reason)

    async def _discovered(self) -> dict[str, Any]:
        found = await self._read("discovery", f"{self.issuer}/.well-known/openid-configuration")
        if found.get("issuer", "").rstrip("/") != self.issuer:
            raise ProviderError("the discovery document is of another issuer")
        return found

    async def _read(self, name: str, address: str, *, again: bool = False) -> dict[str, Any]:
        kept = self._kept.get(name)
        if kept and not again and kept[0] > self._clock().timestamp():
            known: dict[str, Any] = kept[1]
            return known
        try:
            async with httpx2.AsyncClient(timeout=_LONGEST, transport=self._transport) as client:
                answer = await client.get(address)
                answer.raise_for_status()
                found: dict[str, Any] = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderError(type(error).__name__) from None
        self._kept[name] = (self._clock().timestamp() + _KEPT, found)
        return found
