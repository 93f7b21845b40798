"""A live match with the connections of its players and spectators."""

from collections.abc import Mapping
from time import monotonic
from typing import Final, NamedTuple
from uuid import UUID

from litestar.types import Receive, Send

from pong.court import LEFT, NOBODY, RIGHT
from pong.engine import State
from pong.log import Recording
from tournament.live.connection import (
    MOST_SPECTATOR_MESSAGES_A_SECOND,
    SILENCE_LIMIT_SECONDS,
    Connection,
)
from tournament.live.errors import TooManySpectators
from tournament.live.events import (
    log_match_paused,
    log_match_resumed,
    log_match_started,
    log_player_connected,
    log_player_left,
)
from tournament.live.live_match import LiveMatch, MatchRules
from tournament.live.metrics import (
    ABSENCES,
    CONNECTIONS,
    DESYNCS,
    LATE_KEYS,
    ROUND_TRIPS,
    SNAPSHOTS,
    ConnectionRole,
)
from tournament.live.protocol import ClientMessage, CloseCode, EchoMessage, MessageRefused, Phase
from tournament.live.ticker import QUARTERS
from transcendence_common.draining import STOPPING
from transcendence_common.websocket_protocol import Frames

MOST_SPECTATORS: Final = 200
CHECK_INTERVAL_SECONDS: Final = 1.0
ROLE_BY_SIDE: Final[Mapping[int, ConnectionRole]] = {
    NOBODY: "spectator",
    LEFT: "player",
    RIGHT: "player",
}


class Seating(NamedTuple):
    """The players of both sides."""

    left_id: UUID
    right_id: UUID

    def side_of(self, player_id: UUID) -> int:
        """Return the player's side, or NOBODY for other people."""
        return {self.left_id: LEFT, self.right_id: RIGHT}.get(player_id, NOBODY)


class RestoredMatch(NamedTuple):
    """A match as restored from the database."""

    id: UUID
    fence: int
    rules: MatchRules
    seating: Seating
    absences: tuple[int, int]
    begun: bool
    state: State
    recording: Recording


class RunningMatch:
    """A match in this process: passes clients' messages to the match, and the match's messages to the clients."""

    def __init__(self, restored: RestoredMatch) -> None:
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
        self._closed_with: tuple[CloseCode, bytes] | None = None
        self._has_played = restored.state.tick > 0
        self._logged_phase = self.live.phase
        self._next_check_at = 0.0

    # Connections.

    async def serve_player(
        self, side: int, receive: Receive, send: Send, frames: Frames | None = None
    ) -> None:
        """Serve a player's socket until it ends. A second socket of the player replaces the first without a pause."""
        connection = Connection(send, self._catch_up_messages, frames=frames)
        before = self._players.get(side)
        self._players[side] = connection
        if before is not None:
            before.close(CloseCode.TAKEN_OVER)
        log_player_connected(self.id, self.seating[side - LEFT], side, replaced=before is not None)
        self._send_first_messages(side, connection)
        self.live.player_connected(side, monotonic())
        self._close_if_match_closed(connection)
        with CONNECTIONS.labels(ROLE_BY_SIDE[side]).track_inprogress():
            try:
                await connection.serve(receive, lambda message: self._handle_message(side, message))
            finally:
                self._remove_player(side, connection)

    async def serve_spectator(
        self, receive: Receive, send: Send, frames: Frames | None = None
    ) -> None:
        """Serve a spectator's socket until it ends."""
        connection = Connection(
            send,
            self._catch_up_messages,
            frames=frames,
            most_messages_a_second=MOST_SPECTATOR_MESSAGES_A_SECOND,
        )
        self._spectators.add(connection)
        self._send_first_messages(NOBODY, connection)
        self._close_if_match_closed(connection)
        with CONNECTIONS.labels(ROLE_BY_SIDE[NOBODY]).track_inprogress():
            try:
                await connection.serve(receive, _check_spectator_message)
            finally:
                self._spectators.discard(connection)

    def check_spectator_limit(self) -> None:
        """Raise TooManySpectators if the match is full."""
        if len(self._spectators) >= MOST_SPECTATORS:
            raise TooManySpectators

    def advance(self, now: float) -> None:
        """Advance the match to `now`, and check its connections once a second.

        Each match has its own second, because checking all matches at once would delay ticks by milliseconds.
        """
        self.live.advance(now)
        if self.live.phase is not self._logged_phase:
            self.log_phase()
        if now >= self._next_check_at:
            self._next_check_at = now + CHECK_INTERVAL_SECONDS
            self.check_connections(now)

    def check_connections(self, now: float) -> None:
        """Close connections that answer no beats, and add what happened since the last call to the metrics."""
        # No beats are sent while the result of a match is being stored.
        if self.live.ending is None:
            self._disconnect_silent_clients(now)
        for connection in self._all_connections():
            connection.count_traffic()
        self._update_metrics()

    def log_phase(self) -> None:
        """Log whether the match has begun, paused or resumed since the last call."""
        before, phase = self._logged_phase, self.live.phase
        if phase is before:
            return
        self._logged_phase = phase
        if phase is Phase.PLAYING and self._has_played:
            log_match_resumed(self.id, self.live)
        elif phase is Phase.PLAYING:
            self._has_played = True
            log_match_started(self.id, self.seating)
        elif phase is Phase.SUSPENDED:
            log_match_paused(self.id, "suspended", self.live)
        elif phase is Phase.AWAY and before is not Phase.SUSPENDED:
            log_match_paused(self.id, "player_away", self.live)

    def restart_silence_limit(self, now: float) -> None:
        """Restart the time limit of silence for all connections."""
        for connection in self._all_connections():
            connection.last_heard_at = now

    def close(self, code: CloseCode, last: bytes = b"") -> None:
        """Close all connections, including those that are just being opened."""
        self._closed_with = code, last
        for connection in self._all_connections():
            connection.close(code, last)

    # The match's audience.

    def send_to_player(self, side: int, message: bytes) -> None:
        connection = self._players.get(side)
        if connection is not None:
            connection.queue_message(message)

    def send_to_others(self, side: int, message: bytes) -> None:
        self.send_to_player(LEFT + RIGHT - side, message)
        for connection in self._spectators:
            connection.queue_message(message)

    def send_to_all(self, message: bytes) -> None:
        for connection in self._all_connections():
            connection.queue_message(message)

    def _remove_player(self, side: int, connection: Connection) -> None:
        """Remove a player's connection. The player has left only if no other connection replaced it."""
        if self._players.get(side) is connection:
            del self._players[side]
            log_player_left(self.id, self.seating[side - LEFT], side, connection.close_code)
            # A player has not left where this process is stopping.
            if self.live.ending is None and not STOPPING.is_set():
                ABSENCES.inc()
                self.live.player_disconnected(side, monotonic())
                # Log the pause now: a player who returns before the next tick was away too.
                self.log_phase()

    def _close_if_match_closed(self, connection: Connection) -> None:
        if self._closed_with is not None:
            connection.close(*self._closed_with)

    def _disconnect_silent_clients(self, now: float) -> None:
        for side, connection in list(self._players.items()):
            if _close_if_silent(connection, now):
                # Do not wait for the socket to end: with a cut network it may never do so.
                self._remove_player(side, connection)
        for connection in self._spectators:
            _close_if_silent(connection, now)

    def _update_metrics(self) -> None:
        late = self.live.left.keyboard.late + self.live.right.keyboard.late
        LATE_KEYS.inc(late - self._late_counted)
        DESYNCS.inc(self.live.desyncs - self._desyncs_counted)
        self._late_counted, self._desyncs_counted = late, self.live.desyncs
        for player in (self.live.left, self.live.right):
            if player.here and player.round_trips.usual:
                ROUND_TRIPS.observe(player.round_trips.usual)

    def _all_connections(self) -> list[Connection]:
        return [*self._players.values(), *self._spectators]

    def _send_first_messages(self, side: int, connection: Connection) -> None:
        SNAPSHOTS.labels("arrival").inc()
        # Sent as one message, or the greeting could be discarded with a backlog of keys.
        connection.queue_message(b"".join(self.live.first_messages(side, monotonic())))

    def _catch_up_messages(self) -> list[bytes]:
        return self.live.catch_up_messages(monotonic())

    def _handle_message(self, side: int, message: ClientMessage) -> None:
        self.live.handle_message(side, message, monotonic())


def _close_if_silent(connection: Connection, now: float) -> bool:
    silent = now - connection.last_heard_at > SILENCE_LIMIT_SECONDS
    if silent:
        connection.close(CloseCode.TOO_SLOW)
    return silent


def _check_spectator_message(message: ClientMessage) -> None:
    """Accept only answers to beats from a spectator.

    Raises:
        MessageRefused: any other message.
    """
    if not isinstance(message, EchoMessage):
        raise MessageRefused(CloseCode.MALFORMED)
