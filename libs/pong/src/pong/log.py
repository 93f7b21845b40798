"""The input log: what a match is stored as, and how it turns back into a result.

A log lists only the ticks at which somebody's keys changed. In a match against the computer it
holds the person's keys alone: the opponent is played again from the seed. `replay` believes nothing.
It simulates the match, and refuses by name a log that does not end exactly with the winning point,
or, where a side gave up, before anybody had won.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pong.ai import Ai, decide, new_ai, steady_ticks
from pong.court import DOWN, LEFT, MAX_TICKS, NOBODY, RIGHT, STILL, UP
from pong.engine import BadSettings, State, digest, new_match, step
from pong.skip import glide, quiet_ticks

Mode = Literal["ai", "local", "online", "hotseat"]
MODES: tuple[Mode, ...] = ("ai", "local", "online", "hotseat")
"""Against the computer; two people at one keyboard; two people on two machines; the second in a tournament."""
Change = tuple[int, int, int]
"""A tick, and the keys held by the left and the right side from that tick on."""

_KEYS = (UP, STILL, DOWN)
_CHANGE_LENGTH = 3
_FORFEITERS = (NOBODY, LEFT, RIGHT)


@dataclass(frozen=True, slots=True)
class InputLog:
    """The keys of a whole match of `ticks` ticks; nobody holds one before the first change."""

    ticks: int
    changes: Sequence[Change]


class LogLike(Protocol):
    """What `replay` reads: an InputLog, or whatever a request was decoded into."""

    @property
    def ticks(self) -> int: ...
    @property
    def changes(self) -> Sequence[Sequence[int]]: ...


@dataclass(slots=True)
class Recording:
    """A log while its match is still being played."""

    changes: list[Change] = field(default_factory=list)
    left: int = STILL
    right: int = STILL


@dataclass(frozen=True, slots=True)
class Point:
    """Who scored, at which tick, and how many hits it took."""

    tick: int
    side: int
    rally: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that may be said about a match, every bit of it simulated.

    Only who gave up is not: then `winner` is the other side, and neither score need reach the points.
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


class Malformed(LogRefused):
    """Not a list of whole numbers of the right kind."""

    code = "malformed"


class OutOfOrder(LogRefused):
    """The ticks of the changes do not rise, or leave the match."""

    code = "out_of_order"


class NoChange(LogRefused):
    """A change that changes nothing. One match has one log, so that two can be compared."""

    code = "no_change"


class ForeignInput(LogRefused):
    """Keys for the computer's paddle, which presses its own."""

    code = "foreign_input"


class TooLong(LogRefused):
    """More ticks than a match may last."""

    code = "too_long"


class EndsEarly(LogRefused):
    """The log is over before the match is."""

    code = "ends_early"


class RunsOn(LogRefused):
    """The match is over before the log is."""

    code = "runs_on"


class AlreadyWon(LogRefused):
    """A side gives up a match that is won: whoever has lost cannot make it a forfeit."""

    code = "already_won"


def new_log() -> Recording:
    """A recording of a match that has not begun."""
    return Recording()


def record(recording: Recording, tick: int, left: int, right: int) -> None:
    """Notes the keys held during the step that follows `tick`; call it before each `step`."""
    if (left, right) != (recording.left, recording.right):
        recording.changes.append((tick, left, right))
        recording.left, recording.right = left, right


def finish(recording: Recording, ticks: int) -> InputLog:
    """The log of a match that ended at tick `ticks`."""
    return InputLog(ticks, tuple(recording.changes))


def from_wire(decoded: object) -> InputLog:
    """A log out of decoded JSON, `{"ticks": n, "changes": [[tick, left, right], ...]}`.

    Only the outline is looked at here; `replay` checks every number. Raises Malformed.
    """
    if not isinstance(decoded, dict) or decoded.keys() != {"ticks", "changes"}:
        raise Malformed("a log has the fields ticks and changes, and no others")
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
    """Plays a log again and says how the match ended; about a millisecond a minute of play.

    A side of an online match may give it up: with `forfeited_by` the log stops there, at tick 0 at the
    earliest and before anybody has won, and the other side is the winner.

    Raises a LogRefused for anything wrong with `log`, whatever it is made of, and BadSettings for a
    `mode`, `level`, `seed`, `points` or `forfeited_by` that the rules do not know (those come from us,
    not from the player). A match against the computer has a `level`, one between two people has None.
    """
    state, ai = start(mode, level, seed, points)
    if forfeited_by not in (_FORFEITERS if mode == "online" else (NOBODY,)):
        raise BadSettings("forfeited_by", forfeited_by)
    changes = check(log, right_is_computer=ai is not None, may_be_empty=forfeited_by != NOBODY)
    timeline = _simulate(state, ai, log.ticks, changes)
    winner = _winner(state, log.ticks, forfeited_by)
    return _outcome(state, winner, timeline)


def start(mode: str, level: str | None, seed: int, points: int) -> tuple[State, Ai | None]:
    """A match before its first tick, and its computer opponent if it has one."""
    if mode not in MODES:
        raise BadSettings("mode", mode)
    state = new_match(seed, points)
    if mode == "ai":
        return state, new_ai(level or "", seed, RIGHT)
    if level is not None:
        raise BadSettings("level", level)
    return state, None


def check(log: LogLike, *, right_is_computer: bool, may_be_empty: bool = False) -> list[Change]:
    """The changes of a log whose every number is in its place. Raises a LogRefused.

    Only a match that was given up may end before its first tick.
    """
    ticks = log.ticks
    least = 0 if may_be_empty else 1
    if type(ticks) is not int or ticks < least:
        raise Malformed(f"ticks must be a whole number from {least} on")
    if ticks > MAX_TICKS:
        # The number itself is not repeated: one of 5,000 digits cannot be printed.
        raise TooLong(f"a match lasts at most {MAX_TICKS} ticks")
    if not isinstance(log.changes, list | tuple):
        raise Malformed("changes must be a list")
    if len(log.changes) > ticks:
        raise TooLong(f"{len(log.changes)} changes do not fit into {ticks} ticks")
    changes: list[Change] = []
    before: Change = (-1, STILL, STILL)
    for place, entry in enumerate(log.changes):
        change = _change(place, entry)
        _compare(place, before, change, ticks)
        if right_is_computer and change[2] != STILL:
            raise ForeignInput(f"change {place} presses keys for the computer")
        changes.append(change)
        before = change
    return changes


def _change(place: int, entry: object) -> Change:
    if not isinstance(entry, list | tuple) or len(entry) != _CHANGE_LENGTH:
        raise Malformed(f"change {place} must be a tick and two inputs")
    tick, left, right = entry
    # A bool is an int to Python, and so is a subclass with its own idea of ==.
    if not (type(tick) is type(left) is type(right) is int):
        raise Malformed(f"change {place} must be whole numbers")
    if left not in _KEYS or right not in _KEYS:
        raise Malformed(f"change {place} holds inputs other than -1, 0 and 1")
    return tick, left, right


def _compare(place: int, before: Change, change: Change, ticks: int) -> None:
    if not before[0] < change[0] < ticks:
        raise OutOfOrder(f"change {place} must come after tick {before[0]} and before tick {ticks}")
    if before[1:] == change[1:]:
        raise NoChange(f"change {place} holds the same inputs as before")


def _simulate(
    state: State, ai: Ai | None, ticks: int, changes: Sequence[Change]
) -> tuple[Point, ...]:
    timeline: list[Point] = []
    keys = (STILL, STILL)
    for change_at, left, right in (*changes, (ticks, STILL, STILL)):
        while state.tick < change_at and not state.winner:
            rally, scored = state.rally, state.left_score + state.right_score
            stride(state, ai, keys, change_at - state.tick)
            if state.left_score + state.right_score > scored:
                timeline.append(Point(state.tick, LEFT + RIGHT - state.server, rally))
        keys = (left, right)
    return tuple(timeline)


def stride(state: State, ai: Ai | None, keys: tuple[int, int], at_most: int) -> None:
    """Moves an unfinished match with `keys` held to the next event, or by `at_most` ticks."""
    left, right = keys
    ticks = min(quiet_ticks(state), at_most)
    if ai is not None:
        right = decide(ai, state)
        ticks = min(ticks, steady_ticks(ai, state))
    if ticks:
        glide(state, left, right, ticks)
    else:
        step(state, left, right)


def _winner(state: State, ticks: int, forfeited_by: int) -> int:
    if forfeited_by:
        if state.winner:
            raise AlreadyWon(f"the match was won at tick {state.tick}, nobody can give it up")
        return LEFT + RIGHT - forfeited_by
    if not state.winner:
        raise EndsEarly(f"nobody has won {state.points} points at tick {ticks}")
    if state.tick < ticks:
        raise RunsOn(f"the match was won at tick {state.tick}, the log goes on until {ticks}")
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
