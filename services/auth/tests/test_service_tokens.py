"""auth's tokens for calling other services cannot be forged or used for anything else."""

from datetime import timedelta

import pytest

from auth.sessions.service_tokens import TOKEN_LIFETIME, ServiceTokenIssuer
from auth.settings import AuthSettings, encryption_of
from auth.signing_keys.errors import NoSigningKey
from auth.signing_keys.service import SigningKeys
from services.auth.tests.service_under_test import Auth
from transcendence_common.identity import AccessTokens
from transcendence_common.problems import NotSignedIn
from transcendence_common.service_identity import ServiceTokens

CALLEE = "history"


@pytest.fixture
async def keys(auth: Auth, settings: AuthSettings) -> SigningKeys:
    keys = SigningKeys(auth.db, encryption_of(settings.auth_encryption_key), auth.clock)
    await keys.rotate_keys()
    return keys


@pytest.fixture
def issuer(keys: SigningKeys, settings: AuthSettings) -> ServiceTokenIssuer:
    return ServiceTokenIssuer(keys, issuer=settings.token_issuer)


@pytest.fixture
def tokens(keys: SigningKeys, settings: AuthSettings) -> ServiceTokens:
    """The verification of service tokens in the called service."""
    return ServiceTokens(keys, issuer=settings.token_issuer, audience=CALLEE)


async def test_the_called_service_knows_the_caller(
    auth: Auth, issuer: ServiceTokenIssuer, tokens: ServiceTokens
) -> None:
    assert await tokens.verify(issuer.sign(CALLEE, auth.clock.now)) == "auth"


async def test_another_service_refuses_the_token(
    auth: Auth, issuer: ServiceTokenIssuer, tokens: ServiceTokens
) -> None:
    with pytest.raises(NotSignedIn):
        await tokens.verify(issuer.sign("tournament", auth.clock.now))


async def test_the_token_expires_after_a_minute(
    auth: Auth, issuer: ServiceTokenIssuer, tokens: ServiceTokens
) -> None:
    over = auth.clock.now - TOKEN_LIFETIME - timedelta(seconds=2)
    with pytest.raises(NotSignedIn):
        await tokens.verify(issuer.sign(CALLEE, over))


async def test_a_service_token_does_not_authenticate_a_player(
    auth: Auth, issuer: ServiceTokenIssuer, settings: AuthSettings
) -> None:
    for audience in (CALLEE, settings.token_audience):
        token = issuer.sign(audience, auth.clock.now)
        assert (await auth.get("/me", token)).status_code == 401


async def test_an_access_token_does_not_authenticate_a_service(
    auth: Auth, tokens: ServiceTokens
) -> None:
    access_token = (await auth.signed_in())["access_token"]
    with pytest.raises(NotSignedIn):
        await tokens.verify(access_token)


async def test_both_kinds_of_tokens_are_distinguished_even_with_the_same_audience(
    auth: Auth, keys: SigningKeys, issuer: ServiceTokenIssuer, settings: AuthSettings
) -> None:
    ours, us = settings.token_issuer, settings.token_audience
    access_token = (await auth.signed_in())["access_token"]
    with pytest.raises(NotSignedIn):
        await ServiceTokens(keys, issuer=ours, audience=us).verify(access_token)
    service_token = issuer.sign(us, auth.clock.now)
    with pytest.raises(NotSignedIn):
        await AccessTokens(keys, issuer=ours, audience=us).verify(service_token)


async def test_nothing_is_signed_without_a_key(auth: Auth, settings: AuthSettings) -> None:
    keys = SigningKeys(auth.db, encryption_of(settings.auth_encryption_key), auth.clock)
    with pytest.raises(NoSigningKey):
        ServiceTokenIssuer(keys, issuer=settings.token_issuer).sign(CALLEE, auth.clock.now)
