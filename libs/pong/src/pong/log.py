"""The input log: the form in which a match is stored, and its replay to a result.

A log lists only the ticks at which a side's keys changed. In a match against the computer it has the person's keys
alone, because the opponent is replayed from the seed. `replay` trusts nothing: it simulates the match, and refuses a
log that does not end exactly with the winning point or, where a side gave up, before the match was won.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pong.ai import Ai, choose_key, new_ai, ticks_with_same_key
from pong.court import DOWN, LEFT, MAX_TICKS, NOBODY, RIGHT, STILL, UP
from pong.engine import BadSettings, State, digest, new_match, step
from pong.skip import advance_without_event, ticks_without_event

Mode = Literal["ai", "local", "online", "hotseat"]
MODES: tuple[Mode, ...] = ("ai", "local", "online", "hotseat")
"""Against the computer; two people at one keyboard; two people on two machines; the second in a tournament."""
KeyChange = tuple[int, int, int]
"""A tick, and the keys held by the left and the right side from that tick on."""

_KEY_STATES = (UP, STILL, DOWN)
_CHANGE_LENGTH = 3
_FORFEITERS = (NOBODY, LEFT, RIGHT)


@dataclass(frozen=True, slots=True)
class InputLog:
    """The key changes of a match of `ticks` ticks; no key is held before the first change."""

    ticks: int
    changes: Sequence[KeyChange]


class LogLike(Protocol):
    """The input of `replay`: an InputLog, or a type decoded from a request."""

    @property
    def ticks(self) -> int: ...
    @property
    def changes(self) -> Sequence[Sequence[int]]: ...


@dataclass(slots=True)
class Recording:
    """The log of a match that is still being played."""

    changes: list[KeyChange] = field(default_factory=list)
    left: int = STILL
    right: int = STILL


@dataclass(frozen=True, slots=True)
class Point:
    """A point: the tick, the side that scored, and the number of hits in the rally."""

    tick: int
    side: int
    rally: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a match, computed by simulation.

    Only a forfeit is not simulated: then `winner` is the other side, and neither score need reach the points.
    """

    ticks: int
    left_score: int
    right_score: int
    winner: int
    longest_rally: int
    hits_left: int
    hits_right: int
    digest: int
    points_timeline: tuple[Point, ...]


class LogRefused(Exception):
    """The log is not the log of a finished match. `code` names the reason for programs."""

    code = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class MalformedLog(LogRefused):
    """The log does not have the form {"ticks": n, "changes": [[tick, left, right], ...]} with valid whole numbers."""

    code = "malformed"


class TicksOutOfOrder(LogRefused):
    """The ticks of the changes do not rise, or are not within the match."""

    code = "out_of_order"


class ChangeWithoutEffect(LogRefused):
    """A change repeats the keys held before it. One match has exactly one log, so that two can be compared."""

    code = "no_change"


class InputForComputer(LogRefused):
    """A change holds keys for the computer's paddle."""

    code = "foreign_input"


class LogTooLong(LogRefused):
    """The log has more ticks than a match may last."""

    code = "too_long"


class EndsBeforeWin(LogRefused):
    """The log ends before either side has reached the target score."""

    code = "ends_early"


class ContinuesAfterWin(LogRefused):
    """The log goes on after the match has been won."""

    code = "runs_on"


class ForfeitAfterWin(LogRefused):
    """The log of a forfeit continues until the match is won: a loser cannot turn a lost match into a forfeit."""

    code = "already_won"


def new_recording() -> Recording:
    """Return the recording of a match that has not begun."""
    return Recording()


def record_keys(recording: Recording, tick: int, left: int, right: int) -> None:
    """Record the keys held during the step that follows `tick`; call it before each `step`."""
    if (left, right) != (recording.left, recording.right):
        recording.changes.append((tick, left, right))
        recording.left, recording.right = left, right


def finish_log(recording: Recording, ticks: int) -> InputLog:
    """Return the log of a match that ended at tick `ticks`."""
    return InputLog(ticks, tuple(recording.changes))


def log_from_json(decoded: object) -> InputLog:
    """Return the log from decoded JSON, `{"ticks": n, "changes": [[tick, left, right], ...]}`.

    Only the outline is checked here; `replay` checks every number.

    Raises:
        Malformed: the outline is wrong.
    """
    if not isinstance(decoded, dict) or decoded.keys() != {"ticks", "changes"}:
        raise MalformedLog("a log has the fields ticks and changes, and no others")
    return InputLog(decoded["ticks"], decoded["changes"])


def replay(
    mode: str,
    level: str | None,
    seed: int,
    points: int,
    log: LogLike,
    *,
    forfeited_by: int = NOBODY,
) -> Outcome:
    """Replay a log and return the result of the match; it takes about 1 ms for a minute of play.

    Args:
        mode: one of MODES.
        level: the computer's level in mode "ai", else None.
        seed: the seed of the match.
        points: the score that wins.
        log: the log, whose content is not trusted.
        forfeited_by: in mode "online", the side that gave up, else NOBODY. The log then ends before the match is won,
            possibly at tick 0, and the other side is the winner.

    Raises:
        LogRefused: anything is wrong with `log`.
        BadSettings: another argument is not valid; these come from the service, not from the player.
    """
    state, ai = start_match(mode, level, seed, points)
    if forfeited_by not in (_FORFEITERS if mode == "online" else (NOBODY,)):
        raise BadSettings("forfeited_by", forfeited_by)
    changes = check_log(log, right_is_computer=ai is not None, may_be_empty=forfeited_by != NOBODY)
    timeline = _simulate(state, ai, log.ticks, changes)
    winner = _determine_winner(state, log.ticks, forfeited_by)
    return _outcome(state, winner, timeline)


def start_match(mode: str, level: str | None, seed: int, points: int) -> tuple[State, Ai | None]:
    """Return the state of a new match, and its computer opponent, which is None unless the mode is `ai`.

    Raises:
        BadSettings: an argument is not valid.
    """
    if mode not in MODES:
        raise BadSettings("mode", mode)
    state = new_match(seed, points)
    if mode == "ai":
        return state, new_ai(level or "", seed, RIGHT)
    if level is not None:
        raise BadSettings("level", level)
    return state, None


def check_log(
    log: LogLike, *, right_is_computer: bool, may_be_empty: bool = False
) -> list[KeyChange]:
    """Check every number of a log and return its changes.

    Args:
        log: the log.
        right_is_computer: whether changes of the right side's keys are refused.
        may_be_empty: whether 0 ticks are allowed, as for a forfeit before the first tick.

    Raises:
        LogRefused: a number is wrong.
    """
    ticks = log.ticks
    least = 0 if may_be_empty else 1
    if type(ticks) is not int or ticks < least:
        raise MalformedLog(f"ticks must be a whole number from {least} on")
    if ticks > MAX_TICKS:
        # The number itself is not repeated: one of 5,000 digits cannot be printed.
        raise LogTooLong(f"a match lasts at most {MAX_TICKS} ticks")
    if not isinstance(log.changes, list | tuple):
        raise MalformedLog("changes must be a list")
    if len(log.changes) > ticks:
        raise LogTooLong(f"{len(log.changes)} changes do not fit into {ticks} ticks")
    changes: list[KeyChange] = []
    before: KeyChange = (-1, STILL, STILL)
    for place, entry in enumerate(log.changes):
        change = _checked_change(place, entry)
        _check_order(place, before, change, ticks)
        if right_is_computer and change[2] != STILL:
            raise InputForComputer(f"change {place} presses keys for the computer")
        changes.append(change)
        before = change
    return changes


def _checked_change(place: int, entry: object) -> KeyChange:
    if not isinstance(entry, list | tuple) or len(entry) != _CHANGE_LENGTH:
        raise MalformedLog(f"change {place} must be a tick and two inputs")
    tick, left, right = entry
    # A bool is an int in Python, and so is a subclass that redefines ==.
    if not (type(tick) is type(left) is type(right) is int):
        raise MalformedLog(f"change {place} must be whole numbers")
    if left not in _KEY_STATES or right not in _KEY_STATES:
        raise MalformedLog(f"change {place} holds inputs other than -1, 0 and 1")
    return tick, left, right


def _check_order(place: int, before: KeyChange, change: KeyChange, ticks: int) -> None:
    if not before[0] < change[0] < ticks:
        raise TicksOutOfOrder(
            f"change {place} must come after tick {before[0]} and before tick {ticks}"
        )
    if before[1:] == change[1:]:
        raise ChangeWithoutEffect(f"change {place} holds the same inputs as before")


def _simulate(
    state: State, ai: Ai | None, ticks: int, changes: Sequence[KeyChange]
) -> tuple[Point, ...]:
    timeline: list[Point] = []
    keys = (STILL, STILL)
    for change_at, left, right in (*changes, (ticks, STILL, STILL)):
        while state.tick < change_at and not state.winner:
            rally, scored = state.rally, state.left_score + state.right_score
            advance_to_event(state, ai, keys, change_at - state.tick)
            if state.left_score + state.right_score > scored:
                timeline.append(Point(state.tick, LEFT + RIGHT - state.server, rally))
        keys = (left, right)
    return tuple(timeline)


def advance_to_event(state: State, ai: Ai | None, keys: tuple[int, int], at_most: int) -> None:
    """Advance an unfinished match, with `keys` held, to the next event or by at most `at_most` ticks."""
    left, right = keys
    ticks = min(ticks_without_event(state), at_most)
    if ai is not None:
        right = choose_key(ai, state)
        ticks = min(ticks, ticks_with_same_key(ai, state))
    if ticks:
        advance_without_event(state, left, right, ticks)
    else:
        step(state, left, right)


def _determine_winner(state: State, ticks: int, forfeited_by: int) -> int:
    if forfeited_by:
        if state.winner:
            raise ForfeitAfterWin(
                f"the match was won at tick {state.tick} and can no longer be forfeited"
            )
        return LEFT + RIGHT - forfeited_by
    if not state.winner:
        raise EndsBeforeWin(f"neither side has won {state.points} points at tick {ticks}")
    if state.tick < ticks:
        raise ContinuesAfterWin(
            f"the match was won at tick {state.tick}, the log goes on until {ticks}"
        )
    return state.winner


def _outcome(state: State, winner: int, timeline: tuple[Point, ...]) -> Outcome:
    return Outcome(
        ticks=state.tick,
        left_score=state.left_score,
        right_score=state.right_score,
        winner=winner,
        longest_rally=state.longest_rally,
        hits_left=state.left_hits,
        hits_right=state.right_hits,
        digest=digest(state),
        points_timeline=timeline,
    )
