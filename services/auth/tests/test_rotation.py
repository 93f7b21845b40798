from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from auth.signing_keys.rotation import (
    CREATED_BEFORE_USE,
    PUBLISHED_AFTER_USE,
    PUBLISHED_BEFORE_USE,
    ROTATION_INTERVAL,
    TOKEN_LIFETIME,
    expired_keys,
    next_activation,
    published_keys,
    signing_key_of,
)

START = datetime(2027, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Key:
    active_from: datetime


FIRST, SECOND = Key(START), Key(START + ROTATION_INTERVAL)


def test_the_first_key_signs_at_once() -> None:
    assert next_activation([], START) == START
    assert signing_key_of([FIRST], START) is FIRST


def test_the_next_key_is_made_two_hours_ahead() -> None:
    due = START + ROTATION_INTERVAL - CREATED_BEFORE_USE
    assert next_activation([FIRST], due - TICK) is None
    assert next_activation([FIRST], due) == START + ROTATION_INTERVAL
    assert next_activation([FIRST, SECOND], due) is None


def test_a_key_made_late_is_still_published_before_it_signs() -> None:
    late = START + 3 * ROTATION_INTERVAL
    assert next_activation([FIRST], late) == late + PUBLISHED_BEFORE_USE


def test_the_next_key_is_published_while_the_old_one_signs() -> None:
    before = SECOND.active_from - TICK
    assert published_keys([FIRST, SECOND], before) == [FIRST, SECOND]
    assert signing_key_of([FIRST, SECOND], before) is FIRST
    assert signing_key_of([FIRST, SECOND], SECOND.active_from) is SECOND


def test_the_old_key_is_published_until_its_last_token_has_expired() -> None:
    gone = SECOND.active_from + PUBLISHED_AFTER_USE
    assert published_keys([FIRST, SECOND], gone - TICK) == [FIRST, SECOND]
    assert published_keys([FIRST, SECOND], gone) == [SECOND]
    assert expired_keys([FIRST, SECOND], gone) == [FIRST]
    assert PUBLISHED_AFTER_USE > TOKEN_LIFETIME


def test_the_first_key_signs_even_if_the_clock_is_behind() -> None:
    assert signing_key_of([Key(START + TICK)], START) == Key(START + TICK)


def test_no_key_signs_if_there_is_none() -> None:
    assert signing_key_of([], START) is None


@given(st.lists(st.integers(1, 60 * 24 * 40), min_size=1, max_size=60))
def test_every_token_can_be_verified_with_the_published_keys(pauses: list[int]) -> None:
    """However irregularly the check runs, a key is published before it signs and
    until its tokens have expired."""
    keys: list[Key] = []
    made: dict[Key, datetime] = {}
    now = START
    for minutes in pauses:
        active_from = next_activation(keys, now)
        if active_from is not None:
            keys.append(Key(active_from))
            made[keys[-1]] = now
        signer = signing_key_of(keys, now)
        assert signer is not None
        assert signer is keys[0] or now - made[signer] >= PUBLISHED_BEFORE_USE
        assert signer in published_keys(keys, now + TOKEN_LIFETIME)
        assert len(published_keys(keys, now)) <= 2
        now += timedelta(minutes=minutes)
