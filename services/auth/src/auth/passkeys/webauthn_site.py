"""WebAuthn options and checks for this site, made with py_webauthn."""

import json
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from auth.passkeys.queries import StoredPasskey
from contracts.auth.passkeys import WebAuthnJson

SITE_NAME = "Transcendence"
LONGEST_CREDENTIAL_ID = 1023
"""Bytes; the maximum by the standard."""


MALFORMED = "malformed"
NOT_GENUINE = "not_genuine"


class NotGenuine(Exception):
    """The answer is malformed, or does not match the challenge, the site or the key; `reason` is a code for logs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CreatedPasskey(msgspec.Struct, frozen=True):
    """A passkey that a browser created."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


class WebAuthnSite:
    """The WebAuthn relying party, with one origin. Passkeys belong to its host name, whatever the port."""

    def __init__(self, public_url: str) -> None:
        parts = urlsplit(public_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._host = parts.hostname or ""

    def creation_options(
        self, challenge: bytes, account_id: UUID, username: str, known: list[bytes]
    ) -> WebAuthnJson:
        """Return the options to create a passkey that is discoverable without a name and verifies its user."""
        options = generate_registration_options(
            rp_id=self._host,
            rp_name=SITE_NAME,
            user_id=account_id.bytes,
            user_name=username,
            challenge=challenge,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        return msgspec.json.decode(options_to_json(options), type=dict[str, object])

    def request_options(self, challenge: bytes, among: list[bytes]) -> WebAuthnJson:
        """Return the options to use a passkey: one of those listed, or any of the site's."""
        options = generate_authentication_options(
            rp_id=self._host,
            challenge=challenge,
            allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in among],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return msgspec.json.decode(options_to_json(options), type=dict[str, object])

    def verify_created(self, credential: WebAuthnJson, challenge: bytes) -> CreatedPasskey:
        """Return the created passkey if it answers the challenge.

        Raises:
            NotGenuine: the answer does not match.
        """
        try:
            made = verify_registration_response(
                credential=json.dumps(credential),
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except ERRORS_OF_BAD_ANSWERS as error:
            raise NotGenuine(_reason_of(error)) from error
        return CreatedPasskey(made.credential_id, made.credential_public_key, made.sign_count)

    def verify_presented(
        self, credential: WebAuthnJson, challenge: bytes, passkey: StoredPasskey
    ) -> int:
        """Return the passkey's new signature counter.

        Raises:
            NotGenuine: it is another passkey or challenge, or a copy whose counter is behind.
        """
        try:
            parsed = parse_authentication_credential_json(json.dumps(credential))
            # A discoverable passkey names its account, which must be the owner's.
            if parsed.response.user_handle not in {None, passkey.account_id.bytes}:
                raise NotGenuine("foreign_user_handle")
            shown = verify_authentication_response(
                credential=parsed,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except ERRORS_OF_BAD_ANSWERS as error:
            raise NotGenuine(_reason_of(error)) from error
        return shown.new_sign_count


ERRORS_OF_BAD_ANSWERS = (
    WebAuthnException,
    # Raised inside the library for malformed CBOR, invalid keys and wrong lengths.
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RecursionError,
)


def credential_id_of(credential: WebAuthnJson) -> bytes | None:
    """Return the ID by which a presented passkey is looked up, or None if it is malformed."""
    found = credential.get("id")
    if not isinstance(found, str) or not found.isascii():
        return None
    try:
        credential_id = base64url_to_bytes(found)
    except ValueError:
        return None
    return credential_id if 0 < len(credential_id) <= LONGEST_CREDENTIAL_ID else None


def _reason_of(error: Exception) -> str:
    return NOT_GENUINE if isinstance(error, WebAuthnException) else MALFORMED
