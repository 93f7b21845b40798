"""Each message, checked against a client's implementation of the protocol, and invalid frames."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo import wire
from pong.engine import State, digest
from tests.fixtures.examples import examples
from tournament.live import protocol
from tournament.live.protocol import (
    LARGEST_FRAME_BYTES,
    ClientMessage,
    CloseCode,
    EchoMessage,
    EndReason,
    KeysMessage,
    MessageRefused,
    Phase,
    ResignMessage,
)

u8, u16, u32 = (st.integers(0, 2**bits - 1) for bits in (8, 16, 32))
i32 = st.integers(-(2**31), 2**31 - 1)
held = st.sampled_from([-1, 0, 1])
side = st.sampled_from([1, 2])
states = st.builds(
    State,
    points=u8,
    rng=u32,
    server=side,
    tick=u32,
    ball_x=i32,
    ball_y=i32,
    ball_vx=i32,
    ball_vy=i32,
    left_y=i32,
    right_y=i32,
    left_score=u8,
    right_score=u8,
    rally=u32,
    serve_in=u8,
    winner=st.sampled_from([0, 1, 2]),
    left_hits=u32,
    right_hits=u32,
    longest_rally=u32,
)
LENGTHS = {1: 6, 2: 11, 3: 1}


@given(u32, held)
def test_keys_are_read(tick: int, keys: int) -> None:
    assert protocol.decode_client_message(wire.keys_message(tick, keys)) == KeysMessage(tick, keys)


@given(u16, u32, u32)
def test_echoes_are_read(number: int, tick: int, word: int) -> None:
    assert protocol.decode_client_message(wire.echo_message(number, tick, word)) == EchoMessage(
        number, tick, word
    )


def test_a_resignation_is_read() -> None:
    assert protocol.decode_client_message(wire.RESIGN_MESSAGE) == ResignMessage()


def read_or_refuse(frame: bytes) -> ClientMessage | CloseCode:
    try:
        return protocol.decode_client_message(frame)
    except MessageRefused as refused:
        return refused.code


@settings(max_examples=examples(1_000))
@given(
    st.one_of(st.integers(0, 4), u8),
    st.one_of(st.sampled_from([0, 5, 10]), st.integers(0, 63)),
    st.randoms(),
)
def test_frames_of_any_type_and_length_are_read_or_refused(
    kind: int, length: int, chance: Random
) -> None:
    frame = bytes([kind]) + chance.randbytes(length)
    answer = read_or_refuse(frame)
    is_one = LENGTHS.get(kind) == len(frame) and (kind != 1 or frame[-1] in {0, 1, 255})
    assert is_one or answer is CloseCode.MALFORMED
    assert isinstance(answer, CloseCode) != is_one


@pytest.mark.parametrize("kind", [1, 2, 3, 0, 16, 255])
def test_each_type_has_one_length(kind: int) -> None:
    read = [
        length
        for length in range(LARGEST_FRAME_BYTES + 1)
        if read_or_refuse((bytes([kind]) + bytes(LARGEST_FRAME_BYTES))[:length])
        is not CloseCode.MALFORMED
    ]
    assert read == ([LENGTHS[kind]] if kind in LENGTHS else [])


@pytest.mark.parametrize("length", [65, 66, 1_000, 70_000])
def test_no_message_is_larger_than_64_bytes(length: int) -> None:
    assert read_or_refuse(b"\x01" * length) is CloseCode.TOO_LARGE


@pytest.mark.parametrize("keys", [2, -2, 127, -128])
def test_invalid_keys_are_refused(keys: int) -> None:
    assert read_or_refuse(wire.keys_message(7, keys)) is CloseCode.MALFORMED


@given(side, u16, u8, u32)
def test_a_welcome_is_written(place: int, rules: int, points: int, seed: int) -> None:
    message = protocol.pack_welcome(place, rules=rules, points=points, seed=seed)
    assert wire.split_frame(message) == [wire.Welcome(1, place, rules, points, seed)]


@given(states, held, held)
def test_a_snapshot_is_written(state: State, left: int, right: int) -> None:
    [snapshot] = wire.split_frame(protocol.pack_snapshot(state, (left, right), (7, 8)))
    assert isinstance(snapshot, wire.Snapshot)
    assert wire.state_of(snapshot) == state
    assert digest(wire.state_of(snapshot)) == digest(state)
    assert (snapshot.left_keys, snapshot.right_keys) == (left, right)
    assert (snapshot.left_heard_before, snapshot.right_heard_before) == (7, 8)


@given(st.sampled_from(Phase), u32, u8, st.tuples(st.booleans(), st.booleans()))
def test_a_phase_is_written(now: Phase, tick: int, delay: int, here: tuple[bool, bool]) -> None:
    message = protocol.pack_phase(
        now, tick=tick, delay=delay, here=here, absences=(3, 0), left_seconds=2.5
    )
    assert wire.split_frame(message) == [wire.Phase(now, tick, delay, *here, 3, 0, 2_500)]


@pytest.mark.parametrize(
    ("seconds", "told"), [(-0.2, 0), (0.0, 0), (0.0004, 0), (59.9996, 60_000), (1_000.0, 65_535)]
)
def test_remaining_times_fit_into_their_field(seconds: float, told: int) -> None:
    assert protocol.to_milliseconds(seconds) == told


@given(u32, side, held)
def test_keys_are_written(tick: int, place: int, keys: int) -> None:
    assert wire.split_frame(protocol.pack_keys(tick, place, keys)) == [wire.Keys(tick, place, keys)]


@given(u32, u32, held)
def test_a_late_message_is_written(asked: int, tick: int, keys: int) -> None:
    assert wire.split_frame(protocol.pack_late(asked, tick, keys)) == [wire.Late(asked, tick, keys)]


@given(u16, u32, u32, st.integers(-180, 108_200))
def test_a_beat_is_written(number: int, tick: int, word: int, clock: int) -> None:
    message = protocol.pack_beat(
        number,
        tick=tick,
        digest=word,
        clock_ticks=clock + 0.5,
        rtt=(0.0421, 99.0),
        complete_until=(9, 0),
    )
    [beat] = wire.split_frame(message)
    assert isinstance(beat, wire.Beat)
    assert (beat.number, beat.tick, beat.digest) == (number, tick, word)
    assert beat.clock == clock * 256 + 128
    assert (beat.left_rtt, beat.right_rtt) == (42, 65_535)
    assert (beat.left_heard_before, beat.right_heard_before) == (9, 0)


@given(st.sampled_from(EndReason), states, st.integers(0, 200_000), u8)
def test_an_end_is_written(reason: EndReason, state: State, late: int, delay: int) -> None:
    message = protocol.pack_end(
        reason,
        winner=2,
        state=state,
        late=(late, 3),
        rtt=(0.05, 0.1),
        delay=delay,
        complete_until=(5, 6),
    )
    assert wire.split_frame(message) == [
        wire.End(
            reason=reason,
            winner=2,
            left_score=state.left_score,
            right_score=state.right_score,
            tick=state.tick,
            digest=digest(state),
            left_late=min(late, 65_535),
            right_late=3,
            left_rtt=50,
            right_rtt=100,
            delay=delay,
            left_heard_before=5,
            right_heard_before=6,
        )
    ]


def test_several_messages_are_one_frame() -> None:
    frame = protocol.pack_keys(1, 2, -1) + protocol.pack_late(1, 2, 1) + protocol.pack_keys(3, 1, 0)
    assert wire.split_frame(frame) == [wire.Keys(1, 2, -1), wire.Late(1, 2, 1), wire.Keys(3, 1, 0)]
