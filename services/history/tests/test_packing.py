from hypothesis import given
from hypothesis import strategies as st

from history.matches.packing import pack_log, unpack_log
from pong.court import MAX_TICKS
from pong.log import InputLog, KeyChange
from services.history.tests.arcade import play_match

KEYS = st.sampled_from((-1, 0, 1))


@st.composite
def logs(draw: st.DrawFn) -> InputLog:
    ticks = draw(st.integers(1, MAX_TICKS))
    changed = sorted(draw(st.sets(st.integers(0, ticks - 1), max_size=50)))
    changes: list[KeyChange] = [(tick, draw(KEYS), draw(KEYS)) for tick in changed]
    return InputLog(ticks, changes)


@given(logs())
def test_a_packed_log_unpacks_to_the_same(log: InputLog) -> None:
    assert unpack_log(pack_log(log)) == log


def test_a_typical_match_takes_a_few_hundred_bytes() -> None:
    log = play_match(mode="ai", level="normal", seed=7, points=5)
    assert len(pack_log(log)) < 400 < len(str(log.changes))
