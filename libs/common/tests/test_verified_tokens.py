"""The signature of a token is verified once; all else is checked for each request."""

from datetime import timedelta

import pytest
from jose.backends.base import Key

from tests.fixtures.cast import ALICE, AUDIENCE, BOB, ISSUER, TOKEN_MINUTES, SigningKey
from tests.fixtures.clock import HandClock
from transcendence_common.identity import MOST_VERIFIED_TOKENS, AccessTokens
from transcendence_common.problems import NotSignedIn


class CountingKey(Key):
    """A public key that counts the signatures it verifies."""

    def __init__(self, public: Key) -> None:
        self._public = public
        self.verified = 0

    def verify(self, msg: bytes, sig: bytes) -> bool:
        self.verified += 1
        return bool(self._public.verify(msg, sig))


class KeyRing:
    """A source of keys that can withdraw and replace them."""

    def __init__(self, kid: str, key: Key) -> None:
        self.keys: dict[str, Key | None] = {kid: key}

    async def find(self, kid: str) -> Key | None:
        return self.keys.get(kid)


@pytest.fixture
async def key(signing_key: SigningKey) -> CountingKey:
    public = await signing_key.find(signing_key.kid)
    assert public is not None
    return CountingKey(public)


@pytest.fixture
def ring(signing_key: SigningKey, key: CountingKey) -> KeyRing:
    return KeyRing(signing_key.kid, key)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def tokens(ring: KeyRing, clock: HandClock) -> AccessTokens:
    return AccessTokens(ring, issuer=ISSUER, audience=AUDIENCE, clock=clock)


async def test_the_signature_of_a_token_is_verified_once(
    tokens: AccessTokens, key: CountingKey
) -> None:
    token = ALICE.token
    players = [await tokens.verify(token) for _ in range(3)]
    assert {player.id for player in players} == {ALICE.id}
    assert key.verified == 1


async def test_another_token_of_the_same_player_is_verified_itself(
    tokens: AccessTokens, key: CountingKey
) -> None:
    token = ALICE.token
    await tokens.verify(token)
    with pytest.raises(NotSignedIn):
        await tokens.verify(token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB"))
    assert (await tokens.verify(BOB.token)).id == BOB.id
    assert key.verified == 3


async def test_a_known_token_is_refused_once_it_has_expired(
    tokens: AccessTokens, clock: HandClock
) -> None:
    token = ALICE.token
    await tokens.verify(token)
    clock.advance(minutes=TOKEN_MINUTES, seconds=1)
    with pytest.raises(NotSignedIn):
        await tokens.verify(token)


async def test_a_known_token_is_refused_if_the_clock_turns_out_to_be_fast(
    tokens: AccessTokens, clock: HandClock
) -> None:
    clock.advance(minutes=5)
    token = ALICE.key.sign(ALICE.claims(iat=clock.now.timestamp()))
    await tokens.verify(token)
    clock.now -= timedelta(minutes=5)
    with pytest.raises(NotSignedIn):
        await tokens.verify(token)


async def test_a_known_token_is_refused_once_its_key_is_withdrawn(
    tokens: AccessTokens, ring: KeyRing
) -> None:
    token = ALICE.token
    await tokens.verify(token)
    ring.keys.clear()
    with pytest.raises(NotSignedIn):
        await tokens.verify(token)


async def test_a_known_token_is_verified_again_if_its_key_id_belongs_to_another_key(
    tokens: AccessTokens, ring: KeyRing
) -> None:
    token = ALICE.token
    await tokens.verify(token)
    other = SigningKey(ALICE.key.kid)
    ring.keys[other.kid] = await other.find(other.kid)
    with pytest.raises(NotSignedIn):
        await tokens.verify(token)


async def test_the_oldest_of_too_many_tokens_is_forgotten(
    tokens: AccessTokens, key: CountingKey
) -> None:
    first, second = ALICE.token, BOB.token
    await tokens.verify(first)
    await tokens.verify(second)
    for number in range(MOST_VERIFIED_TOKENS - 1):
        await tokens.verify(ALICE.key.sign(ALICE.claims(number=number)))
    before = key.verified
    await tokens.verify(second)
    assert key.verified == before
    await tokens.verify(first)
    assert key.verified == before + 1
