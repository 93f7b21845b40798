"""Restores a match from the database: from its first tick to the last one stored by its previous owner."""

from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from pong.court import RULES_VERSION, STILL
from pong.engine import State, new_match
from pong.log import KeyChange, Recording, advance_to_event
from tournament.live import queries
from tournament.live.live_match import InputSegment, MatchRules
from tournament.live.models import RUNNING
from tournament.live.running_match import RestoredMatch, Seating


class MatchNotRestorable(Exception):
    """The stored keys do not form a valid match. It cannot continue, and operators must see the error."""


_CHANGES_DECODER = msgspec.msgpack.Decoder(list[KeyChange])


async def restore_match(session: AsyncSession, match_id: UUID) -> RestoredMatch:
    """Replay and return a match as far as it is stored; a long one takes some milliseconds.

    Raises:
        MatchNotRestorable: the stored keys do not form a match by this code's rules.
        LookupError: there is no such match.
    """
    match = await queries.find_match(session, match_id)
    if match is None:
        raise LookupError(match_id)
    if match.rules != RULES_VERSION:
        raise MatchNotRestorable(f"played by rules {match.rules}, this code knows {RULES_VERSION}")
    segments = await queries.find_stored_keys(session, match_id)
    state = new_match(match.seed, match.points)
    recording = Recording()
    for row in segments:
        replay_segment(
            state,
            recording,
            InputSegment(row.from_tick, row.through_tick, unpack_changes(row.changes)),
        )
    return RestoredMatch(
        id=match.id,
        fence=match.fence,
        rules=MatchRules(match.rules, match.seed, match.points),
        seating=Seating(match.left_id, match.right_id),
        absences=(match.left_absences, match.right_absences),
        begun=match.state == RUNNING,
        state=state,
        recording=recording,
    )


def replay_segment(state: State, recording: Recording, segment: InputSegment) -> None:
    """Simulate a stretch, which must begin at the state's tick, and append it to the recording.

    Raises:
        MatchNotRestorable: the stretch begins at another tick, or goes on after the match is won.
    """
    if state.tick != segment.from_tick:
        raise MatchNotRestorable(
            f"keys from tick {segment.from_tick} do not follow tick {state.tick}"
        )
    for tick, left, right in (*segment.changes, (segment.through_tick, STILL, STILL)):
        while state.tick < tick:
            if state.winner:
                raise MatchNotRestorable(
                    f"keys from tick {tick} on, of a match won at tick {state.tick}"
                )
            advance_to_event(state, None, (recording.left, recording.right), tick - state.tick)
        if tick < segment.through_tick:
            recording.changes.append((tick, left, right))
            recording.left, recording.right = left, right


def pack_changes(changes: list[KeyChange]) -> bytes:
    """Encode key changes for `stored_keys`."""
    return msgspec.msgpack.encode(changes)


def unpack_changes(packed: bytes) -> list[KeyChange]:
    """Decode key changes encoded by `pack_changes`.

    Raises:
        MatchNotRestorable: the bytes are no encoded key changes.
    """
    try:
        return _CHANGES_DECODER.decode(packed)
    except msgspec.MsgspecError as error:
        raise MatchNotRestorable("keys that cannot be read") from error
