"""A live match with the connections of its players and spectators."""

from collections.abc import Mapping
from time import monotonic
from typing import Final, NamedTuple
from uuid import UUID

from litestar.types import Receive, Send

from pong.court import LEFT, NOBODY, RIGHT
from pong.engine import State
from pong.log import Recording
from tournament.live.connection import MOST_OF_SPECTATORS, SILENT_SECONDS, Connection
from tournament.live.errors import TooManySpectators
from tournament.live.events import (
    log_connected,
    log_left,
    log_paused,
    log_resumed,
    log_started,
)
from tournament.live.live_match import LiveMatch, Rules
from tournament.live.metrics import (
    ABSENCES,
    CONNECTIONS,
    DESYNCS,
    LATE_KEYS,
    ROUND_TRIPS,
    SNAPSHOTS,
    Role,
)
from tournament.live.protocol import CloseCode, Echo, FromClient, Phase, Refused
from tournament.live.ticker import QUARTERS
from transcendence_common.draining import STOPPING

MOST_SPECTATORS: Final = 200
ROLES: Final[Mapping[int, Role]] = {NOBODY: "spectator", LEFT: "player", RIGHT: "player"}


class Seating(NamedTuple):
    """The players of both sides."""

    left_id: UUID
    right_id: UUID

    def side_of(self, player_id: UUID) -> int:
        """Return the player's side, or NOBODY for other people."""
        return {self.left_id: LEFT, self.right_id: RIGHT}.get(player_id, NOBODY)


class Restored(NamedTuple):
    """A match as restored from the database."""

    id: UUID
    fence: int
    rules: Rules
    seating: Seating
    absences: tuple[int, int]
    begun: bool
    state: State
    recording: Recording


class RunningMatch:
    """A match in this process: passes clients' messages to the match, and the match's messages to the clients."""

    def __init__(self, restored: Restored) -> None:
        self.id = restored.id
        self.fence = restored.fence
        self.quarter = restored.id.int % QUARTERS
        self.seating = restored.seating
        self.live = LiveMatch(
            restored.rules,
            restored.state,
            restored.recording,
            self,
            absences=restored.absences,
            begun=restored.begun,
            now=monotonic(),
        )
        self._players: dict[int, Connection] = {}
        self._spectators: set[Connection] = set()
        self._late_counted = 0
        self._desyncs_counted = 0
        self._sent_away: tuple[CloseCode, bytes] | None = None
        self._has_played = restored.state.tick > 0
        self._noted_phase = self.live.phase

    # Connections.

    async def play(self, side: int, receive: Receive, send: Send) -> None:
        """Serve a player's socket until it ends. A second socket of the player replaces the first without a pause."""
        connection = Connection(send, self._catch_up)
        before = self._players.get(side)
        self._players[side] = connection
        if before is not None:
            before.close(CloseCode.TAKEN_OVER)
        log_connected(self.id, self.seating[side - LEFT], side, replaced=before is not None)
        self._introduce(side, connection)
        self.live.join(side, monotonic())
        self._send_after_the_others(connection)
        with CONNECTIONS.labels(ROLES[side]).track_inprogress():
            try:
                await connection.talk(receive, lambda message: self._hear(side, message))
            finally:
                self._lose(side, connection)

    async def watch(self, receive: Receive, send: Send) -> None:
        """Serve a spectator's socket until it ends."""
        connection = Connection(send, self._catch_up, most_a_second=MOST_OF_SPECTATORS)
        self._spectators.add(connection)
        self._introduce(NOBODY, connection)
        self._send_after_the_others(connection)
        with CONNECTIONS.labels(ROLES[NOBODY]).track_inprogress():
            try:
                await connection.talk(receive, _hear_spectator)
            finally:
                self._spectators.discard(connection)

    def check_room(self) -> None:
        """Raise TooManySpectators if the match is full."""
        if len(self._spectators) >= MOST_SPECTATORS:
            raise TooManySpectators

    def look_around(self, now: float) -> None:
        """Close connections that answer no beats, and add what happened since the last call to the metrics."""
        # No beats are sent while the result of a match is being stored.
        if self.live.ending is None:
            self._disconnect_silent(now)
        self._count()

    def log_phase(self) -> None:
        """Log whether the match has begun, paused or resumed since the last call."""
        before, phase = self._noted_phase, self.live.phase
        if phase is before:
            return
        self._noted_phase = phase
        if phase is Phase.PLAYING and self._has_played:
            log_resumed(self.id, self.live)
        elif phase is Phase.PLAYING:
            self._has_played = True
            log_started(self.id, self.seating)
        elif phase is Phase.SUSPENDED:
            log_paused(self.id, "suspended", self.live)
        elif phase is Phase.AWAY and before is not Phase.SUSPENDED:
            log_paused(self.id, "player_away", self.live)

    def excuse_silence(self, now: float) -> None:
        """Restart the time limit of silence for all connections."""
        for connection in self._everybody():
            connection.heard_at = now

    def close(self, code: CloseCode, last: bytes = b"") -> None:
        """Close all connections, including those that are just being opened."""
        self._sent_away = code, last
        for connection in self._everybody():
            connection.close(code, last)

    # The match's audience.

    def tell(self, side: int, message: bytes) -> None:
        connection = self._players.get(side)
        if connection is not None:
            connection.tell(message)

    def tell_others(self, side: int, message: bytes) -> None:
        self.tell(LEFT + RIGHT - side, message)
        for connection in self._spectators:
            connection.tell(message)

    def tell_all(self, message: bytes) -> None:
        for connection in self._everybody():
            connection.tell(message)

    def _lose(self, side: int, connection: Connection) -> None:
        """Remove a player's connection. The player has left only if no other connection replaced it."""
        if self._players.get(side) is connection:
            del self._players[side]
            log_left(self.id, self.seating[side - LEFT], side, connection.closing)
            # A player has not left where this process is stopping.
            if self.live.ending is None and not STOPPING.is_set():
                ABSENCES.inc()
                self.live.leave(side, monotonic())
                # Log the pause now: a player who returns before the next tick was away too.
                self.log_phase()

    def _send_after_the_others(self, connection: Connection) -> None:
        if self._sent_away is not None:
            connection.close(*self._sent_away)

    def _disconnect_silent(self, now: float) -> None:
        for side, connection in list(self._players.items()):
            if _is_silent(connection, now):
                # Do not wait for the socket to end: with a cut network it may never do so.
                self._lose(side, connection)
        for connection in self._spectators:
            _is_silent(connection, now)

    def _count(self) -> None:
        late = self.live.left.keyboard.late + self.live.right.keyboard.late
        LATE_KEYS.inc(late - self._late_counted)
        DESYNCS.inc(self.live.desyncs - self._desyncs_counted)
        self._late_counted, self._desyncs_counted = late, self.live.desyncs
        for player in (self.live.left, self.live.right):
            if player.here and player.round_trips.usual:
                ROUND_TRIPS.observe(player.round_trips.usual)

    def _everybody(self) -> list[Connection]:
        return [*self._players.values(), *self._spectators]

    def _introduce(self, side: int, connection: Connection) -> None:
        SNAPSHOTS.labels("arrival").inc()
        # Sent as one message, or the greeting could be discarded with a backlog of keys.
        connection.tell(b"".join(self.live.introduce(side, monotonic())))

    def _catch_up(self) -> list[bytes]:
        return self.live.catch_up(monotonic())

    def _hear(self, side: int, message: FromClient) -> None:
        self.live.hear(side, message, monotonic())


def _is_silent(connection: Connection, now: float) -> bool:
    silent = now - connection.heard_at > SILENT_SECONDS
    if silent:
        connection.close(CloseCode.TOO_SLOW)
    return silent


def _hear_spectator(message: FromClient) -> None:
    """Accept only answers to beats from a spectator.

    Raises:
        Refused: any other message.
    """
    if not isinstance(message, Echo):
        raise Refused(CloseCode.MALFORMED)
