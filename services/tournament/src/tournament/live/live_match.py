"""A live match: its clock, keys, absences and end. It uses neither HTTP nor SQL and never waits.

Callers report events with the time `now`, in seconds of any monotonic clock; the match sends messages to its audience.

A confirmed tick is simulated only when its result is needed: for a beat, a possible end, or a reader of `state`. That
costs a tenth of simulating every tick when it is due, and gives the same states.
"""

from collections import deque
from dataclasses import dataclass, field
from math import ceil, floor
from typing import Final, NamedTuple

from pong.court import LEFT, MAX_TICKS, NOBODY, RIGHT, TICKS_PER_SECOND
from pong.engine import State, digest
from pong.log import KeyChange, Recording, advance_to_event, record_keys
from pong.skip import ticks_without_event
from tournament.live import protocol
from tournament.live.audience import Audience
from tournament.live.keyboard import PlayerKeys
from tournament.live.protocol import ClientMessage, EchoMessage, EndReason, KeysMessage, Phase
from tournament.live.round_trips import RoundTrips

FIRST_CONNECTION_SECONDS: Final = 60.0
ABSENCE_SECONDS: Final = 30.0
COUNTDOWN_SECONDS: Final = 3.0
MOST_DELAY_TICKS: Final = 6
TICKS_BETWEEN_BEATS: Final = TICKS_PER_SECOND // 2
COUNTDOWN_BEAT_SECONDS: Final = 0.1
"""Interval of beats in a countdown: 30 round trips from which the delay is chosen."""
PAUSED_BEAT_SECONDS: Final = 1.0
"""Interval of beats while the match is not played; they only show which clients are still connected."""
BEATS_REMEMBERED: Final = 32
"""Number of beats remembered, 16 s of play. A later answer gives no useful round trip."""
BEAT_NUMBER_LIMIT: Final = 2**16


class MatchRules(NamedTuple):
    """The settings of a match, fixed from its start."""

    version: int
    seed: int
    points: int


class MatchEnding(NamedTuple):
    """How a match ended."""

    reason: EndReason
    winner: int = NOBODY
    forfeited_by: int = NOBODY
    absent: tuple[int, ...] = ()
    """In a void match: the sides that did not come, stayed away, or gave up before the first tick."""


class InputSegment(NamedTuple):
    """The key changes of the ticks `from_tick` (included) to `through_tick` (excluded), stored together."""

    from_tick: int
    through_tick: int
    changes: list[KeyChange]


@dataclass(slots=True)
class SideState:
    """The state of one side of a match."""

    absences: int
    """Number of lost connections that are still allowed."""
    keyboard: PlayerKeys
    round_trips: RoundTrips = field(default_factory=RoundTrips)
    here: bool = False
    back_by: float = 0.0


class _Beat(NamedTuple):
    number: int
    tick: int
    digest: int
    at: float
    answered: set[int]
    """The sides that have answered. Only a side's first answer is used, for the round trip and the digest."""


class LiveMatch:
    """One match, run from any stored state."""

    def __init__(
        self,
        rules: MatchRules,
        state: State,
        recording: Recording,
        audience: Audience,
        *,
        absences: tuple[int, int],
        begun: bool,
        now: float,
    ) -> None:
        """Wait for both players to connect: for the first time or, where another process has begun the match, again."""
        self.rules = rules
        self.left = SideState(absences[0], PlayerKeys(recording.left))
        self.right = SideState(absences[1], PlayerKeys(recording.right))
        self.begun = begun
        self.delay = 0
        self.ending: MatchEnding | None = None
        self.desyncs = 0
        self.phase = Phase.WAITING
        self._audience = audience
        self._recording = recording
        self._state = state
        self._next_tick = state.tick
        """The next tick to be confirmed. `_state` may be behind it."""
        self._now = now
        """The time of the last `advance`: ticks are confirmed up to this time, at the latest when they are needed."""
        self._due_tick = state.tick
        """The tick at which a beat is due or, if it comes first, at which the match may end."""
        self._due_at = 0.0
        """The time of that tick during play; before it, `advance` has nothing to do."""
        self._stored_through = state.tick
        self._stored_changes = len(recording.changes)
        self._until = now + FIRST_CONNECTION_SECONDS
        self._started_at = 0.0
        self._started_tick = 0
        self._next_beat_tick = 0
        self._next_beat_at = 0.0
        self._beat_number = 0
        self._beats: deque[_Beat] = deque(maxlen=BEATS_REMEMBERED)
        if begun:
            self._wait_for_both_players(now)

    # Events.

    def player_connected(self, side: int, now: float) -> None:
        """Report that a player has connected: for the first time, again, or in place of an open connection."""
        player = self._side_state(side)
        player.here = True
        player.round_trips.reset()
        player.keyboard.accept_new_connection()
        if self.phase in {Phase.WAITING, Phase.AWAY}:
            self._resume_if_both_connected(now)
        elif self.phase is Phase.SUSPENDED:
            self._send_phase(now)

    def player_disconnected(self, side: int, now: float) -> None:
        """Report that a player's connection has ended and was not replaced.

        Once the match has begun, this pauses it and costs the player one of the allowed absences. A player without one
        left has no time to return: if the opponent is connected, the next `advance` ends the match as a forfeit.
        """
        player = self._side_state(side)
        player.here = False
        if self.phase in {Phase.WAITING, Phase.SUSPENDED}:
            self._send_phase(now)
        elif self.phase in {Phase.COUNTDOWN, Phase.PLAYING, Phase.AWAY}:
            player.absences -= 1
            player.back_by = now + ABSENCE_SECONDS
            if player.absences < 0:
                player.absences = 0
                player.back_by = now
            self._stop_clock(Phase.AWAY, now)

    def handle_message(self, side: int, message: ClientMessage, now: float) -> None:
        """Handle a player's message.

        Raises:
            MessageRefused: the message breaks the protocol.
        """
        if isinstance(message, EchoMessage):
            self._check_echo(side, message, now)
        elif isinstance(message, KeysMessage):
            self._handle_keys(side, message, now)
        else:
            self._forfeit(side)

    def suspend(self, now: float) -> None:
        """Pause the match for a reason on the server's side: it costs neither player an absence."""
        if self.phase not in {Phase.SUSPENDED, Phase.OVER}:
            self._stop_clock(Phase.SUSPENDED, now)

    def resume(self, now: float) -> None:
        """Continue after `suspend`."""
        if self.phase is not Phase.SUSPENDED:
            return
        if self.begun:
            self._wait_for_both_players(now)
        else:
            self.phase = Phase.WAITING
            self._until = now + FIRST_CONNECTION_SECONDS
        self._resume_if_both_connected(now)

    def advance(self, now: float) -> None:
        """Confirm the due ticks, send a beat where one is due, and end the match or a wait that is over."""
        self._now = now
        if now < self._due_at:
            return
        if self.phase is Phase.PLAYING:
            self._advance_playing(now)
            return
        if self.phase is Phase.COUNTDOWN and now >= self._until:
            self._start_clock(now)
        elif self.phase is Phase.AWAY:
            self._check_absences(now)
        elif self.phase is Phase.WAITING and now >= self._until:
            missing = tuple(side for side in (LEFT, RIGHT) if not self._side_state(side).here)
            self._end(MatchEnding(EndReason.VOID, absent=missing))
        if now >= self._next_beat_at and self.ending is None:
            self._send_beat(now)

    # State for clients and for storage.

    @property
    def state(self) -> State:
        """The state after all confirmed ticks; it is never rewound."""
        self._simulate()
        return self._state

    def first_messages(self, side: int, now: float) -> list[bytes]:
        """Return the first messages for a new connection of a player, or of a spectator (NOBODY)."""
        version, seed, points = self.rules
        greeting = protocol.pack_welcome(side, rules=version, points=points, seed=seed)
        return [greeting, *self.catch_up_messages(now)]

    def catch_up_messages(self, now: float) -> list[bytes]:
        """Return the messages that bring a connection up to date again that was greeted and has missed some."""
        return [*self.snapshot_messages(), self._phase_message(now)]

    def snapshot_messages(self) -> list[bytes]:
        """Return a snapshot, and the key changes known for later ticks."""
        state, left, right = self.state, self.left.keyboard, self.right.keyboard
        return [
            protocol.pack_snapshot(state, (left.held, right.held), self._complete_until()),
            *(protocol.pack_keys(tick, LEFT, held) for tick, held in left.queued),
            *(protocol.pack_keys(tick, RIGHT, held) for tick, held in right.queued),
        ]

    def end_message(self) -> bytes:
        """Return the message that announces the end, to be sent once the result is stored."""
        ending = self.ending or MatchEnding(EndReason.VOID)
        return protocol.pack_end(
            ending.reason,
            winner=ending.winner,
            state=self.state,
            late=(self.left.keyboard.late, self.right.keyboard.late),
            rtt=self._usual_round_trips(),
            delay=self.delay,
            complete_until=self._complete_until(),
        )

    @property
    def key_changes(self) -> list[KeyChange]:
        """All key changes in confirmed ticks."""
        self._simulate()
        return self._recording.changes

    def unstored_segment(self) -> InputSegment | None:
        """Return the key changes of the ticks confirmed since the last `mark_stored`; None without such ticks."""
        tick = self.state.tick
        if tick == self._stored_through:
            return None
        changes = self._recording.changes[self._stored_changes :]
        return InputSegment(self._stored_through, tick, changes)

    def mark_stored(self, segment: InputSegment) -> None:
        """Mark a segment returned by `unstored_segment` as stored."""
        self._stored_through = segment.through_tick
        self._stored_changes += len(segment.changes)

    # Start, pause and end.

    def _wait_for_both_players(self, now: float) -> None:
        self.phase = Phase.AWAY
        for player in (self.left, self.right):
            player.back_by = now + ABSENCE_SECONDS

    def _resume_if_both_connected(self, now: float) -> None:
        if self.left.here and self.right.here:
            self.begun = True
            self.phase = Phase.COUNTDOWN
            self._until = now + COUNTDOWN_SECONDS
            self._next_beat_at = now
        self._send_phase(now)

    def _start_clock(self, now: float) -> None:
        """Start the clock at the end of the countdown, however late this call comes."""
        # Before the phase changes: during play, reading the state confirms ticks by the clock, which is not set yet.
        self._started_tick = self.state.tick
        self._next_beat_tick = self._started_tick + TICKS_BETWEEN_BEATS
        self.phase = Phase.PLAYING
        self._started_at = self._until
        worst = max(self.left.round_trips.longest, self.right.round_trips.longest)
        self.delay = min(1 + ceil(worst / 2 * TICKS_PER_SECOND), MOST_DELAY_TICKS)
        self._now = self._started_at
        self._set_next_due()
        self._send_phase(now)

    def _stop_clock(self, phase: Phase, now: float) -> None:
        # Before queued keys are discarded: those of confirmed ticks count.
        self._simulate()
        self.phase = phase
        self._due_at = 0.0
        for player in (self.left, self.right):
            player.keyboard.discard_queued()
        for message in self.snapshot_messages():
            self._audience.send_to_all(message)
        self._send_phase(now)

    def _check_absences(self, now: float) -> None:
        overdue = [
            side
            for side in (LEFT, RIGHT)
            if not self._side_state(side).here and now >= self._side_state(side).back_by
        ]
        if len(overdue) == len((LEFT, RIGHT)):
            self._end(MatchEnding(EndReason.VOID, absent=(LEFT, RIGHT)))
        elif overdue and self._side_state(LEFT + RIGHT - overdue[0]).here:
            self._forfeit(overdue[0])

    def _forfeit(self, side: int) -> None:
        """End the match as a forfeit; before the first tick it is void, because history has nothing to verify."""
        if self.ending is None:
            won = MatchEnding(EndReason.FORFEIT, winner=LEFT + RIGHT - side, forfeited_by=side)
            self._end(won if self.state.tick else MatchEnding(EndReason.VOID, absent=(side,)))

    def _end(self, ending: MatchEnding) -> None:
        """End the match for clients; `end_message` is sent only after the result is stored."""
        self.ending = ending
        self.phase = Phase.OVER
        self._due_at = 0.0
        self._audience.send_to_all(self._phase_message(0.0))

    # Ticks.

    def _clock_ticks(self, now: float) -> float:
        if self.phase is Phase.PLAYING:
            return self._started_tick + (now - self._started_at) * TICKS_PER_SECOND
        if self.phase is Phase.COUNTDOWN:
            return self.state.tick + (now - self._until) * TICKS_PER_SECOND
        return self.state.tick

    def _advance_playing(self, now: float) -> None:
        self._next_tick = max(self._next_tick, self._next_tick_at(now))
        self._simulate()
        if self.ending is None:
            if self._next_tick >= self._next_beat_tick:
                self._send_beat(now)
            self._set_next_due()

    def _set_next_due(self) -> None:
        undecided = self._state.tick + ticks_without_event(self._state)
        self._due_tick = min(self._next_beat_tick, undecided + 1, MAX_TICKS)
        ticks = self._due_tick + self.delay - self._started_tick
        self._due_at = self._started_at + ticks / TICKS_PER_SECOND

    def _next_tick_at(self, now: float) -> int:
        """Return the next tick to be confirmed at the time `now`, by the clock."""
        return floor(self._clock_ticks(now)) - self.delay

    def _confirm_ticks(self) -> None:
        """Confirm the ticks before the last `advance`, but not the due one: `advance` itself simulates that."""
        if self.phase is Phase.PLAYING:
            until = min(self._next_tick_at(self._now), self._due_tick - 1)
            self._next_tick = max(self._next_tick, until)

    def _simulate(self) -> None:
        """Simulate the confirmed ticks that have not been simulated yet."""
        self._confirm_ticks()
        state, left, right = self._state, self.left.keyboard, self.right.keyboard
        while state.tick < self._next_tick and self.ending is None:
            tick = state.tick
            if tick in (left.next_change, right.next_change):
                for keyboard in (left, right):
                    if keyboard.next_change == tick:
                        keyboard.apply_queued_keys()
                record_keys(self._recording, tick, left.held, right.held)
            until = min(self._next_tick, left.next_change, right.next_change, MAX_TICKS)
            advance_to_event(state, None, (left.held, right.held), until - tick)
            if state.winner or state.tick >= MAX_TICKS:
                self._end(
                    MatchEnding(EndReason.POINTS, winner=state.winner)
                    if state.winner
                    else MatchEnding(EndReason.VOID)
                )

    def _handle_keys(self, side: int, pressed: KeysMessage, now: float) -> None:
        """Handle a key change. It is ignored while the clock stands, because its tick belongs to a stopped clock."""
        if self.phase is Phase.COUNTDOWN and now >= self._until:
            # The countdown has ended but `advance` has not run yet: the first keys must not be lost.
            self._start_clock(now)
        if self.phase is not Phase.PLAYING:
            return
        self._confirm_ticks()
        keyboard = self._side_state(side).keyboard
        acts = keyboard.queue_keys(
            pressed.tick, pressed.keys, next_tick=self._next_tick, clock=self._clock_ticks(now)
        )
        if acts != pressed.tick:
            self._audience.send_to_player(
                side, protocol.pack_late(pressed.tick, acts, pressed.keys)
            )
        self._audience.send_to_others(side, protocol.pack_keys(acts, side, pressed.keys))

    # Beats.

    def _send_beat(self, now: float) -> None:
        number = self._beat_number = (self._beat_number + 1) % BEAT_NUMBER_LIMIT
        tick, word = self.state.tick, digest(self._state)
        self._beats.append(_Beat(number, tick, word, now, set()))
        self._next_beat_tick = tick + TICKS_BETWEEN_BEATS
        counting = self.phase is Phase.COUNTDOWN
        self._next_beat_at = now + (COUNTDOWN_BEAT_SECONDS if counting else PAUSED_BEAT_SECONDS)
        self._audience.send_to_all(
            protocol.pack_beat(
                number,
                tick=tick,
                digest=word,
                clock_ticks=self._clock_ticks(now),
                rtt=self._usual_round_trips(),
                complete_until=self._complete_until(),
            )
        )

    def _check_echo(self, side: int, echo: EchoMessage, now: float) -> None:
        for beat in reversed(self._beats):
            if beat.number == echo.number and side not in beat.answered:
                beat.answered.add(side)
                self._side_state(side).round_trips.add(now - beat.at)
                if (echo.tick, echo.digest) != (beat.tick, beat.digest):
                    self._send_correction(side)
                return

    def _send_correction(self, side: int) -> None:
        self.desyncs += 1
        for message in self.snapshot_messages():
            self._audience.send_to_player(side, message)

    # Messages.

    def _side_state(self, side: int) -> SideState:
        return self.left if side == LEFT else self.right

    def _send_phase(self, now: float) -> None:
        self._audience.send_to_all(self._phase_message(now))

    def _phase_message(self, now: float) -> bytes:
        return protocol.pack_phase(
            self.phase,
            tick=self.state.tick,
            delay=self.delay,
            here=(self.left.here, self.right.here),
            absences=(self.left.absences, self.right.absences),
            left_seconds=self._seconds_left(now),
        )

    def _usual_round_trips(self) -> tuple[float, float]:
        return self.left.round_trips.usual, self.right.round_trips.usual

    def _complete_until(self) -> tuple[int, int]:
        """Return the first tick of each side whose keys may still change.

        Only the server knows which keys came before a beat.
        """
        return self.left.keyboard.complete_until, self.right.keyboard.complete_until

    def _seconds_left(self, now: float) -> float:
        if self.phase in {Phase.WAITING, Phase.COUNTDOWN}:
            return self._until - now
        if self.phase is Phase.AWAY:
            away = [each.back_by for each in (self.left, self.right) if not each.here]
            return min(away, default=now) - now
        return 0.0
