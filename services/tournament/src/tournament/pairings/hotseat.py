"""Hotseat matches between aliases: issues a ticket for a pairing and takes its result, both from history.

No lock is held while history is asked, so its answer counts only if the pairing is unchanged afterwards.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.history.matches import MatchRecord
from contracts.history.tickets import IssuedTicket
from contracts.tournament.tournaments import HotseatTicket
from pong.court import RULES_VERSION
from tournament.bracket.facts import NOBODY
from tournament.history import HistoryClient
from tournament.pairings import queries
from tournament.pairings.errors import NoSuchPairing, NotCalled, NotPlayedYet, PlayedAlready
from tournament.pairings.events import log_match_begun, log_pairing_decided
from tournament.pairings.models import CALLED, OVER, PLAYING
from tournament.pairings.progress import advance_tournament
from tournament.pairings.rows import PairingRow
from tournament.players.models import ErasedPlayer
from tournament.tournaments.access import find_visible, lock_organised
from tournament.tournaments.errors import NoSuchTournament, NotOrganiser
from tournament.tournaments.models import RUNNING, Tournament
from tournament.tournaments.revision import raise_revision
from transcendence_common.database import TimedSession
from transcendence_common.erased_players import lock_against_erasure
from transcendence_common.identity import Player


class _PairingBefore(NamedTuple):
    """A pairing as it was before history was asked."""

    tournament: Tournament
    row: PairingRow
    left_name: str
    right_name: str


class HotseatPairings:
    """Issues tickets and takes results of hotseat pairings.

    Reads on connections of its own, so that none is held while history is asked.
    """

    def __init__(self, db: SQLAlchemyAsyncConfig, history: HistoryClient) -> None:
        self._db = db
        self._history = history

    async def issue_ticket(
        self, session: TimedSession, host: Player, tournament_id: UUID, number: int
    ) -> HotseatTicket:
        """Return a ticket for a pairing; the same one until it is played or expires.

        Raises:
            NoSuchTournament, NotOrganiser, NoSuchPairing
            NotCalled: its turn has not come yet, or it is over.
            PlayedAlready: the match was submitted, and its ticket has expired.
            HistoryUnavailable: history does not answer.
            PlayerGone: the host has been erased.
        """
        seen = await self._read_pairing(host, tournament_id, number)
        _check_turn(seen.tournament, seen.row)
        if seen.row.state == PLAYING:
            stored = _stored_ticket(seen.row)
            if _is_still_accepted(stored, session.now):
                return _to_schema(stored, seen)
            if await self._history.find_match_record(stored.match_id) is not None:
                raise PlayedAlready
        given = await self._history.request_hotseat_ticket(
            host.id,
            points=seen.tournament.points,
            left_name=seen.left_name,
            right_name=seen.right_name,
        )
        return _to_schema(await _store_ticket(session, host, seen, given), seen)

    async def take_result(
        self, session: TimedSession, host: Player, tournament_id: UUID, number: int
    ) -> PairingRow:
        """Take the result that history has verified and advance the tournament. Repeating it changes nothing.

        Raises:
            NoSuchTournament, NotOrganiser, NoSuchPairing
            NotPlayedYet: no match was submitted with the pairing's ticket.
            HistoryUnavailable: history does not answer.
            PlayerGone: the host has been erased.
        """
        seen = await self._read_pairing(host, tournament_id, number)
        if seen.row.state == OVER:
            return seen.row
        if seen.row.state != PLAYING or seen.row.match_id is None:
            raise NotPlayedYet
        record = await self._history.find_match_record(seen.row.match_id)
        if record is None:
            raise NotPlayedYet
        return await _store_result(session, host, seen, record)

    async def _read_pairing(self, host: Player, tournament_id: UUID, number: int) -> _PairingBefore:
        async with self._db.get_session() as session:
            tournament = await find_visible(session, tournament_id, host)
            _check_host(tournament, host)
            row = await _find_pairing(session, tournament_id, number)
            people = await queries.find_entrants(session, tournament_id, (row.one, row.other))
        names = [people[seed].name if seed in people else "" for seed in (row.one, row.other)]
        return _PairingBefore(tournament, row, *names)


async def _store_ticket(
    session: AsyncSession, host: Player, seen: _PairingBefore, given: IssuedTicket
) -> IssuedTicket:
    """Store the ticket. If another request was faster, return that request's ticket."""
    tournament = await _lock_tournament(session, host, seen.tournament.id)
    row = await _find_pairing(session, tournament.id, seen.row.number)
    _check_turn(tournament, row)
    if row != seen.row:
        if row.state == PLAYING and (row.one, row.other) == (seen.row.one, seen.row.other):
            return _stored_ticket(row)
        raise NotCalled
    after = row._replace(
        state=PLAYING, match_id=given.match_id, ticket=msgspec.json.encode(given).decode()
    )
    await queries.store_pairings(session, tournament.id, [after])
    log_match_begun(tournament, after, given.match_id, host.id)
    await raise_revision(session, tournament)
    return given


async def _store_result(
    session: TimedSession, host: Player, seen: _PairingBefore, record: MatchRecord
) -> PairingRow:
    tournament = await _lock_tournament(session, host, seen.tournament.id)
    row = await _find_pairing(session, tournament.id, seen.row.number)
    if row.state == OVER:
        return row
    if tournament.state != RUNNING or row.state != PLAYING or row.match_id != record.id:
        raise NotPlayedYet
    winner = row.one if record.winner == "left" else row.other
    after = row._replace(
        state=OVER,
        how="played",
        winner=winner or NOBODY,
        one_score=record.left.score,
        other_score=record.right.score,
        decided_at=session.now,
        ticket=None,
    )
    await queries.store_pairings(session, tournament.id, [after])
    log_pairing_decided(tournament, after, {})
    await advance_tournament(session, tournament)
    return after


async def _lock_tournament(session: AsyncSession, host: Player, tournament_id: UUID) -> Tournament:
    await lock_against_erasure(session, ErasedPlayer, host.id)
    return await lock_organised(session, tournament_id, host)


def _check_host(tournament: Tournament, player: Player) -> None:
    if tournament.kind != "hotseat":
        raise NoSuchTournament
    if tournament.organiser_id != player.id:
        # An administrator sees the tournament, but history accepts the match only from the host.
        raise NotOrganiser


async def _find_pairing(session: AsyncSession, tournament_id: UUID, number: int) -> PairingRow:
    row = await queries.find_pairing(session, tournament_id, number)
    if row is None:
        raise NoSuchPairing
    return row


def _check_turn(tournament: Tournament, row: PairingRow) -> None:
    if tournament.state != RUNNING or row.state not in {CALLED, PLAYING}:
        raise NotCalled


def _stored_ticket(row: PairingRow) -> IssuedTicket:
    return msgspec.json.decode(row.ticket or "", type=IssuedTicket)


def _is_still_accepted(ticket: IssuedTicket, now: datetime) -> bool:
    """Tell whether history would still accept a match played with this ticket."""
    return ticket.rules == RULES_VERSION and now < ticket.expires_at


def _to_schema(ticket: IssuedTicket, seen: _PairingBefore) -> HotseatTicket:
    return HotseatTicket(
        ticket=ticket.ticket,
        match_id=ticket.match_id,
        seed=ticket.seed,
        rules=ticket.rules,
        points=seen.tournament.points,
        left_name=seen.left_name,
        right_name=seen.right_name,
    )
