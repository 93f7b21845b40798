from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.accounts.identity import Identity
from auth.sessions.refresh_tokens import derive_successor, new_random_token, token_digest
from auth.sessions.renewal import (
    REUSE_GRACE,
    PresentedToken,
    RenewalVerdict,
    expiry_after_renewal,
    judge_token,
)
from transcendence_common.ids import new_id

NOW = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


def shown(
    *,
    used_at: datetime | None = None,
    expires_at: datetime = NOW + DAY,
    ended_at: datetime | None = None,
) -> PresentedToken:
    return PresentedToken(
        identity=Identity(new_id(), "Alice", []),
        session_id=new_id(),
        generation=3,
        used_at=used_at,
        newest_generation=3 if used_at is None else 4,
        session_created_at=NOW - DAY,
        expires_at=expires_at,
        ended_at=ended_at,
    )


@pytest.mark.parametrize(
    ("token", "verdict"),
    [
        (shown(), RenewalVerdict.ROTATE),
        (shown(used_at=NOW), RenewalVerdict.REPEAT),
        (shown(used_at=NOW - REUSE_GRACE), RenewalVerdict.REPEAT),
        (shown(used_at=NOW - REUSE_GRACE - TICK), RenewalVerdict.REUSED),
        # Another replica's clock is ahead of ours.
        (shown(used_at=NOW + timedelta(seconds=1)), RenewalVerdict.REPEAT),
        (shown(expires_at=NOW + TICK), RenewalVerdict.ROTATE),
        (shown(expires_at=NOW), RenewalVerdict.OVER),
        (shown(ended_at=NOW - DAY), RenewalVerdict.OVER),
        # A token of an ended session is not reported as reused again.
        (shown(ended_at=NOW - DAY, used_at=NOW - DAY), RenewalVerdict.OVER),
        (shown(expires_at=NOW - DAY, used_at=NOW - 2 * DAY), RenewalVerdict.OVER),
    ],
)
def test_the_verdict_on_a_token(token: PresentedToken, verdict: RenewalVerdict) -> None:
    assert judge_token(token, NOW) is verdict


def test_a_renewal_extends_the_expiry_up_to_the_absolute_end() -> None:
    assert expiry_after_renewal(NOW, NOW) == NOW + 30 * DAY
    assert expiry_after_renewal(NOW, NOW + 59 * DAY) == NOW + 89 * DAY
    assert expiry_after_renewal(NOW, NOW + 61 * DAY) == NOW + 90 * DAY


@given(st.binary(min_size=32), st.integers(0, 5), st.integers(0, 5))
def test_the_chain_is_the_same_in_any_order_of_steps(
    secret: bytes, first: int, second: int
) -> None:
    token = new_random_token()
    there = derive_successor(derive_successor(token, secret, first), secret, second)
    assert there == derive_successor(token, secret, first + second)


def test_tokens_have_256_bits_and_the_next_one_cannot_be_derived() -> None:
    token = new_random_token()
    assert len(token) == len(derive_successor(token, b"secret")) == 43
    assert len({new_random_token() for _ in range(100)}) == 100
    assert derive_successor(token, b"secret") != derive_successor(token, b"another")
    assert len(token_digest(token)) == 32
