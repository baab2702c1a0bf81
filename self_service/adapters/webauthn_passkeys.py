"""Passkeys by py_webauthn: discoverable credentials, the owner always verified."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from self_service.ports import NewPasskey, PasskeyError

_VERIFIED = UserVerificationRequirement.REQUIRED


class WebauthnPasskeys:
    """Speaks with devices for one origin."""

    def __init__(self, origin: str, name: str) -> None:
        """Take the origin that people see in the address bar, and whose portal it is."""
        self._origin = origin
        self._host = urlsplit(origin).hostname or "localhost"
        self._name = name

    def ask(self, challenge: str) -> dict[str, Any]:
        """Return the options by which a device is asked to prove its owner."""
        options = webauthn.generate_authentication_options(
            rp_id=self._host,
            challenge=base64url_to_bytes(challenge),
            user_verification=_VERIFIED,
        )
        return _plain(options)

    def offer(
        self, challenge: str, *, user_id: bytes, login: str, name: str, known: tuple[str, ...]
    ) -> dict[str, Any]:
        """Return the options by which a device is asked to make a passkey."""
        options = webauthn.generate_registration_options(
            rp_id=self._host,
            rp_name=self._name,
            user_id=user_id,
            user_name=login,
            user_display_name=name,
            challenge=base64url_to_bytes(challenge),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known
            ],
        )
        return _plain(options)

    def made(self, credential: dict[str, Any], challenge: str) -> NewPasskey:
        """Verify a new passkey."""
        try:
            found = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError) as error:
            raise PasskeyError(type(error).__name__) from None
        return NewPasskey(
            bytes_to_base64url(found.credential_id),
            bytes_to_base64url(found.credential_public_key),
            found.sign_count,
        )

    def proven(
        self, credential: dict[str, Any], challenge: str, public_key: str, sign_count: int
    ) -> int:
        """Verify a proof; returns the new count of the device."""
        try:
            found = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=base64url_to_bytes(public_key),
                credential_current_sign_count=sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError) as error:
            raise PasskeyError(type(error).__name__) from None
        return found.new_sign_count


def _plain(options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return found
