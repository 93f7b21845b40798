"""Issues the tokens with which services call each other: OAuth's client credentials grant (RFC 6749, 4.4)."""

import hmac
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime

import structlog

from auth.service_clients.errors import AudienceRefused, UnknownClient
from auth.sessions.service_tokens import ServiceTokenIssuer
from contracts.auth.service_clients import ServiceToken
from transcendence_common.service_identity import SERVICE_TOKEN_LIFETIME_SECONDS

BASIC_SCHEME = "Basic "
ALLOWED_AUDIENCES: Mapping[str, frozenset[str]] = {"tournament": frozenset({"history"})}
"""The services that each service may call."""

logger = structlog.get_logger("auth.service_clients")


class ServiceClients:
    """Authenticates services by their secrets and issues their tokens."""

    def __init__(self, secrets: Mapping[str, str], issuer: ServiceTokenIssuer) -> None:
        self._secrets = secrets
        self._issuer = issuer

    def authenticate_client(self, header: str | None) -> str:
        """Return the name of the service that an Authorization header authenticates.

        Raises:
            UnknownClient: the header is missing or wrong.
        """
        name, secret = _parse_basic(header)
        known = self._secrets.get(name)
        if known is None or not hmac.compare_digest(secret.encode(), known.encode()):
            _log_token_request(
                "failure", name if known is not None else None, reason="unknown_client"
            )
            raise UnknownClient
        return name

    def issue_token(self, client: str, audience: str, now: datetime) -> ServiceToken:
        """Return a token for calls from one service to another, valid for 1 minute.

        Raises:
            AudienceRefused: the client may not call that service.
            NoSigningKey: no keys have been loaded yet.
        """
        if audience not in ALLOWED_AUDIENCES.get(client, frozenset()):
            _log_token_request("failure", client, reason="audience_refused")
            raise AudienceRefused(audience)
        signed = self._issuer.sign(audience, now, caller=client)
        _log_token_request("success", client, audience=audience)
        return ServiceToken(signed, "Bearer", SERVICE_TOKEN_LIFETIME_SECONDS)


def _parse_basic(header: str | None) -> tuple[str, str]:
    """Return the name and the secret of a Basic Authorization header. They are not URL-decoded, although RFC 6749
    requires it: ours contain no encoded characters."""
    if header is None or not header.startswith(BASIC_SCHEME):
        return "", ""
    try:
        credentials = b64decode(header.removeprefix(BASIC_SCHEME), validate=True).decode()
    # Raised for input that is not ASCII or base64, or whose bytes are not UTF-8.
    except ValueError:
        return "", ""
    name, _, secret = credentials.partition(":")
    return name, secret


def _log_token_request(
    outcome: str, client: str | None, *, audience: str = "", reason: str = ""
) -> None:
    """Log a request for a token. An unknown client name is left out: it might be a secret in the wrong field."""
    log = logger.info if outcome == "success" else logger.warning
    log(
        "service token",
        **{
            "event.action": "service-token",
            "event.category": ["authentication"],
            "event.type": ["info"],
            "event.outcome": outcome,
            **({"event.reason": reason} if reason else {}),
            **({"labels.client": client} if client else {}),
            **({"labels.audience": audience} if audience else {}),
        },
    )
