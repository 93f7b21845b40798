"""A match without sockets or waiting: its clock is advanced by the test, and
messages are collected in lists."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

from demo import wire
from demo.wire import Message
from pong.court import LEFT, NOBODY, RIGHT, STILL, TICKS_PER_SECOND
from pong.engine import State, digest, new_match, step
from pong.log import KeyChange, Recording
from tournament.live.live_match import COUNTDOWN_SECONDS, LiveMatch, MatchRules
from tournament.live.protocol import EchoMessage, KeysMessage, ResignMessage

SIDES = (LEFT, RIGHT)
SEED = 20_261_126

KindT = TypeVar("KindT", bound=Message)

Heard = Message | KeysMessage
"""Messages to a player, and between them the player's key presses that the match accepted."""


class Ears:
    """An audience that records what each connection has heard and sent;
    NOBODY stands for a spectator."""

    def __init__(self) -> None:
        self.heard: dict[int, list[Heard]] = defaultdict(list)

    def send_to_player(self, side: int, message: bytes) -> None:
        self.heard[side] += wire.split_frame(message)

    def send_to_others(self, side: int, message: bytes) -> None:
        self.send_to_player(LEFT + RIGHT - side, message)
        self.send_to_player(NOBODY, message)

    def send_to_all(self, message: bytes) -> None:
        for who in (NOBODY, *SIDES):
            self.send_to_player(who, message)

    def all(self, kind: type[KindT], who: int = NOBODY) -> list[KindT]:
        return [each for each in self.heard[who] if isinstance(each, kind)]


class MatchByHand:
    """A match that is updated in the middle of each tick. Players with a
    known round trip answer beats."""

    def __init__(
        self,
        *,
        points: int = 3,
        absences: tuple[int, int] = (3, 3),
        begun: bool = False,
        state: State | None = None,
    ) -> None:
        self.ticks = 6000
        self.ears = Ears()
        self.round_trips: dict[int, float] = {}
        self.live = LiveMatch(
            MatchRules(1, SEED, points),
            state or new_match(SEED, points),
            Recording(),
            self.ears,
            absences=absences,
            begun=begun,
            now=self.now,
        )
        self.after_each_tick: Callable[[], object] = lambda: None
        self._beats_seen = 0
        self._on_the_way: list[tuple[float, int, EchoMessage]] = []

    @property
    def now(self) -> float:
        return self.ticks / TICKS_PER_SECOND

    @property
    def clock(self) -> int:
        """The clock of the match during play."""
        return self.live.state.tick + self.live.delay

    @property
    def phase(self) -> int:
        return int(self.live.phase)

    @property
    def is_over(self) -> bool:
        return self.live.ending is not None

    def come(self, *sides: int) -> None:
        for side in sides:
            for message in self.live.first_messages(side, self.now):
                self.ears.send_to_player(side, message)
            self.live.player_connected(side, self.now)

    def go(self, *sides: int) -> None:
        for side in sides:
            self.live.player_disconnected(side, self.now)

    def wait(self, seconds: float) -> None:
        self.wait_ticks(round(seconds * TICKS_PER_SECOND))

    def wait_ticks(self, ticks: int) -> None:
        for _ in range(ticks):
            middle = self.now + 0.5 / TICKS_PER_SECOND
            self._answer_beats(middle)
            self.live.advance(middle)
            self.after_each_tick()
            self.ticks += 1

    def begin(self) -> None:
        self.come(*SIDES)
        self.wait(COUNTDOWN_SECONDS)
        self.wait_ticks(1)
        assert self.phase == wire.PLAYING

    def press(self, side: int, tick: int, keys: int) -> None:
        heard = self.ears.heard[side]
        before = len(heard)
        self.live.handle_message(side, KeysMessage(tick, keys), self.now)
        if self.phase == wire.PLAYING:
            heard.insert(before, KeysMessage(tick, keys))

    def resign(self, side: int) -> None:
        self.live.handle_message(side, ResignMessage(), self.now)

    def answer(self, side: int, number: int, tick: int, word: int, *, after: float = 0.0) -> None:
        self.live.handle_message(side, EchoMessage(number, tick, word), self.now + after)

    def introduction(self) -> list[Message]:
        """Return the messages that a new spectator gets now."""
        return wire.split_frame(b"".join(self.live.first_messages(NOBODY, self.now)))

    def _answer_beats(self, now: float) -> None:
        beats = self.ears.all(wire.Beat)
        for beat in beats[self._beats_seen :]:
            for side, seconds in self.round_trips.items():
                # It was sent in the middle of the previous tick.
                sent = now - 1 / TICKS_PER_SECOND
                self._on_the_way.append((sent + seconds, side, EchoMessage(*beat[:3])))
        self._beats_seen = len(beats)
        for due, side, echo in [each for each in self._on_the_way if each[0] <= now]:
            self._on_the_way.remove((due, side, echo))
            self.live.handle_message(side, echo, due)


class Follower:
    """A client that simulates the match from its messages alone, by the contract; each
    beat must confirm its state."""

    def __init__(self, side: int = NOBODY) -> None:
        self.side = side
        self.state = new_match(0, 3)
        self.beats = 0
        self._held = {LEFT: STILL, RIGHT: STILL}
        self._known: dict[int, dict[int, int]] = {LEFT: {}, RIGHT: {}}
        self._pressed: dict[int, int] = {}

    def hear(self, messages: Sequence[Heard]) -> None:
        for message in messages:
            match message:
                case wire.Snapshot():
                    self.state = wire.state_of(message)
                    self._held = {LEFT: message.left_keys, RIGHT: message.right_keys}
                    self._known = {LEFT: {}, RIGHT: {}}
                    # Messages arrive at once here, so the match has heard all earlier presses.
                    self._pressed = {}
                case KeysMessage():
                    self._pressed[message.tick] = message.keys
                case wire.Keys():
                    self._learn(message.side, message.tick, message.keys)
                case wire.Late():
                    del self._pressed[message.asked]
                    self._learn(self.side, message.tick, message.keys)
                case wire.Beat():
                    self._settle(message)
                case _:
                    pass

    def _learn(self, side: int, tick: int, keys: int) -> None:
        assert tick >= self.state.tick, "keys for a tick that a beat has confirmed"
        self._known[side][tick] = keys

    def _settle(self, beat: wire.Beat) -> None:
        complete_until = beat.left_heard_before if self.side == LEFT else beat.right_heard_before
        for tick in [each for each in self._pressed if each < complete_until]:
            self._learn(self.side, tick, self._pressed.pop(tick))
        while self.state.tick < beat.tick:
            for side in SIDES:
                self._held[side] = self._known[side].pop(self.state.tick, self._held[side])
            step(self.state, self._held[LEFT], self._held[RIGHT])
        assert (self.state.tick, digest(self.state)) == (beat.tick, beat.digest)
        self.beats += 1


def digests_of(changes: Sequence[KeyChange], ticks: int, *, points: int = 3) -> list[int]:
    """Return the digest at each tick of a log, starting with the first."""
    keys = {tick: (left, right) for tick, left, right in changes}
    state, held = new_match(SEED, points), (STILL, STILL)
    found = [digest(state)]
    for tick in range(ticks):
        held = keys.get(tick, held)
        step(state, *held)
        found.append(digest(state))
    return found
