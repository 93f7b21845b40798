"""Plays a live match over its WebSocket, as the browser does: by the protocol of docs/live-matches.md."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

import websockets
from websockets.asyncio.client import ClientConnection, connect

from demo import wire
from demo.cast import Level
from demo.player import Player
from pong.ai import Ai, choose_key, new_ai
from pong.court import LEFT, TICKS_PER_SECOND
from pong.engine import State, copy_match, step

DECIDE_SECONDS: Final = 1 / 30
COME_BACK_SECONDS: Final = 0.5
MOST_CONNECTIONS: Final = 20
"""Of one match: a match whose server restarts is joined again, but not for ever."""
MAX_LEAD_TICKS: Final = 60
"""Ticks that the bot predicts past the last beat; a longer silence means that the match stands still."""


async def play_match(player: Player, match_id: str, *, resigns: bool = False) -> None:
    """Play a match to its end, with the level of the player's role.

    Args:
        player: one of the two sides.
        match_id: the match.
        resigns: give up as soon as the ball has moved, so that the match is over after seconds.
    """
    for _ in range(MOST_CONNECTIONS):
        try:
            if await _play_one_connection(player, match_id, resigns=resigns):
                return
        except (OSError, websockets.WebSocketException):
            pass
        if not await is_playing(player, match_id):
            return
        await asyncio.sleep(COME_BACK_SECONDS)


async def is_playing(player: Player, match_id: str) -> bool:
    """Tell whether the service still has this match as the player's own."""
    answer = await player.request(
        player.platform.tournament, "GET", "/api/tournament/matches/current"
    )
    return answer.is_success and answer.json()["match_id"] == match_id


async def _play_one_connection(player: Player, match_id: str, *, resigns: bool) -> bool:
    """Play over one connection until it closes; tell whether the match has ended by then."""
    base = str(player.platform.tournament.base_url).replace("http", "ws", 1).rstrip("/")
    async with connect(
        f"{base}/api/tournament/matches/{match_id}/play",
        additional_headers=player.headers,
        compression=None,
    ) as socket:
        hands = _BotView(player.role.level, resigns=resigns)
        pressing = asyncio.create_task(_press_keys(socket, hands))
        try:
            async for frame in socket:
                if isinstance(frame, bytes):
                    for answer in hands.receive(wire.split_frame(frame)):
                        await socket.send(answer)
        finally:
            pressing.cancel()
        return hands.has_ended


async def _press_keys(socket: ClientConnection, hands: "_BotView") -> None:
    while True:
        await asyncio.sleep(DECIDE_SECONDS)
        if pressed := hands.decide_keys():
            await socket.send(pressed)


@dataclass
class _BotView:
    """The bot's picture of the match: the state up to the last beat, and the keys known since then."""

    level: Level
    resigns: bool
    has_ended: bool = False
    _side: int = 0
    _ai: Ai | None = None
    _settled: State | None = None
    _known: dict[int, dict[int, int]] = field(default_factory=lambda: {1: {}, 2: {}})
    """By side: the keys held from a tick on."""
    _held: dict[int, int] = field(default_factory=lambda: {1: 0, 2: 0})
    """By side: the keys held at the settled tick."""
    _phase: int = wire.WAITING
    _clock: float = 0
    _clock_at: float = 0
    _last_sent: tuple[int, int] = (-1, 0)

    def receive(self, messages: Iterable[wire.Message]) -> list[bytes]:
        """Apply messages from the server to this view; return the messages that must be sent back at once."""
        answers = []
        for message in messages:
            match message:
                case wire.Welcome(side=side, seed=seed):
                    self._side = side
                    self._ai = new_ai(self.level, seed ^ side, side)
                case wire.Snapshot():
                    self._settled = wire.state_of(message)
                    self._held = {1: message.left_keys, 2: message.right_keys}
                    self._known = {1: {}, 2: {}}
                case wire.Phase(phase=phase):
                    self._phase = phase
                case wire.Keys(tick=tick, side=side, keys=keys):
                    self._known[side][tick] = keys
                case wire.Late(asked=asked, tick=tick, keys=keys):
                    self._known[self._side].pop(asked, None)
                    self._known[self._side][tick] = keys
                case wire.Beat():
                    self._clock, self._clock_at = message.clock / 256, monotonic()
                    answers.append(self._apply_beat(message))
                    if self.resigns and message.tick > 0:
                        answers.append(wire.RESIGN_MESSAGE)
                case wire.End():
                    self.has_ended = True
        return answers

    def decide_keys(self) -> bytes | None:
        """Return the message for a key that changes now, if one does."""
        if self._phase != wire.PLAYING or self._settled is None or self._ai is None or self.resigns:
            return None
        now = int(self._clock + (monotonic() - self._clock_at) * TICKS_PER_SECOND)
        state = copy_match(self._settled)
        self._advance(state, min(now, state.tick + MAX_LEAD_TICKS))
        if state.winner or now <= self._last_sent[0]:
            return None
        keys = choose_key(self._ai, state)
        if keys == self._last_sent[1]:
            return None
        self._last_sent = now, keys
        self._known[self._side][now] = keys
        return wire.keys_message(now, keys)

    def _apply_beat(self, beat: wire.Beat) -> bytes:
        if self._settled is None:
            return wire.beat_answer(beat)
        self._held = self._advance(self._settled, beat.tick)
        self._known = {
            side: {tick: keys for tick, keys in known.items() if tick >= beat.tick}
            for side, known in self._known.items()
        }
        return wire.beat_answer(beat)

    def _advance(self, state: State, until: int) -> dict[int, int]:
        """Step a state up to a tick with the keys that are known; return the keys held then."""
        held = dict(self._held)
        while state.tick < until and not state.winner:
            for side, known in self._known.items():
                held[side] = known.get(state.tick, held[side])
            step(state, held[LEFT], held[3 - LEFT])
        return held
