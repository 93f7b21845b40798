from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.accounts.identity import Identity
from auth.sessions.refresh_tokens import digest, new_token, successor
from auth.sessions.renewal import GRACE, PresentedToken, Verdict, expiry, judge
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
        (shown(), Verdict.ROTATE),
        (shown(used_at=NOW), Verdict.REPEAT),
        (shown(used_at=NOW - GRACE), Verdict.REPEAT),
        (shown(used_at=NOW - GRACE - TICK), Verdict.REUSED),
        # Another replica's clock is ahead of ours.
        (shown(used_at=NOW + timedelta(seconds=1)), Verdict.REPEAT),
        (shown(expires_at=NOW + TICK), Verdict.ROTATE),
        (shown(expires_at=NOW), Verdict.OVER),
        (shown(ended_at=NOW - DAY), Verdict.OVER),
        # A token of an ended session is not reported as reused again.
        (shown(ended_at=NOW - DAY, used_at=NOW - DAY), Verdict.OVER),
        (shown(expires_at=NOW - DAY, used_at=NOW - 2 * DAY), Verdict.OVER),
    ],
)
def test_the_verdict_on_a_token(token: PresentedToken, verdict: Verdict) -> None:
    assert judge(token, NOW) is verdict


def test_a_renewal_extends_the_expiry_up_to_the_absolute_end() -> None:
    assert expiry(NOW, NOW) == NOW + 30 * DAY
    assert expiry(NOW, NOW + 59 * DAY) == NOW + 89 * DAY
    assert expiry(NOW, NOW + 61 * DAY) == NOW + 90 * DAY


@given(st.binary(min_size=32), st.integers(0, 5), st.integers(0, 5))
def test_the_chain_is_the_same_in_any_order_of_steps(
    secret: bytes, first: int, second: int
) -> None:
    token = new_token()
    there = successor(successor(token, secret, first), secret, second)
    assert there == successor(token, secret, first + second)


def test_tokens_have_256_bits_and_the_next_one_cannot_be_derived() -> None:
    token = new_token()
    assert len(token) == len(successor(token, b"secret")) == 43
    assert len({new_token() for _ in range(100)}) == 100
    assert successor(token, b"secret") != successor(token, b"another")
    assert len(digest(token)) == 32
