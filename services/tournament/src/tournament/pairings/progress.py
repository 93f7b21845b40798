"""Brings a running tournament's rows in line with the rules. Repeating it changes nothing."""

import asyncio
from datetime import datetime, timedelta

from tournament.bracket.facts import Bracket, Facts
from tournament.bracket.settling import bracket_from_facts
from tournament.pairings import queries
from tournament.pairings.difference import CallTime, Difference, compare_with_bracket
from tournament.pairings.events import log_pairing_called, log_pairing_decided
from tournament.pairings.rows import TournamentRows, facts_of
from tournament.signals import player_channel
from tournament.tournaments.events import log_step, log_tournament_change
from tournament.tournaments.models import Tournament
from tournament.tournaments.revision import raise_revision
from transcendence_common.database import TimedSession
from transcendence_common.signals import notify


async def advance_tournament(session: TimedSession, tournament: Tournament) -> None:
    """Read the facts, settle them, and write the changes: pairings, players, calls, outcomes, the end.

    The caller holds the tournament's row, and has written the facts: states of entries, outcomes of pairings.
    Called players and everyone viewing the tournament are notified.
    """
    rows = await queries.read_rows(session, tournament.id)
    facts, calling = facts_of(tournament, rows), _call_time(tournament, session.now)
    # In a thread: settling a large Swiss tournament takes longer than a tick of the live matches in this loop (1/60 s).
    bracket, found = await asyncio.to_thread(_compute_changes, facts, rows, calling)
    await queries.delete_pairings(session, tournament.id, found.dropped)
    await queries.store_pairings(session, tournament.id, found.written)
    players = rows.account_ids_by_seed()
    for row in found.called:
        log_pairing_called(tournament, row, players)
    for row in found.decided:
        log_pairing_decided(tournament, row, players)
    tournament.round = bracket.round
    ended = await _finish_or_reopen(session, tournament, bracket)
    concerned = players.keys() if ended else found.concerned & players.keys()
    await notify(session, [player_channel(players[seed]) for seed in concerned])
    await raise_revision(session, tournament)


def _compute_changes(
    facts: Facts, rows: TournamentRows, calling: CallTime
) -> tuple[Bracket, Difference]:
    bracket = bracket_from_facts(facts)
    return bracket, compare_with_bracket(rows.pairings, bracket, calling)


def _call_time(tournament: Tournament, now: datetime) -> CallTime:
    if tournament.kind == "hotseat":
        return CallTime(now, None)
    return CallTime(now, ready_deadline(tournament, now))


def ready_deadline(tournament: Tournament, now: datetime) -> datetime:
    """Return the time by which players called now must be ready."""
    return now + timedelta(seconds=tournament.ready_seconds)


async def _finish_or_reopen(
    session: TimedSession, tournament: Tournament, bracket: Bracket
) -> bool:
    """End the tournament, or continue it after a correction; tell whether it ended or continued."""
    if not bracket.over:
        reopened = await queries.reopen_tournament(session, tournament.id)
        if reopened:
            await queries.store_places(session, tournament.id, dict.fromkeys(_all_seeds(bracket)))
            log_tournament_change(tournament, "reopened", None)
        return reopened
    await queries.store_places(
        session, tournament.id, {line.entrant: line.place for line in bracket.standings}
    )
    finished = await queries.finish_tournament(session, tournament.id)
    if finished:
        log_step(tournament, "finished", None)
    return finished


def _all_seeds(bracket: Bracket) -> list[int]:
    return [line.entrant for line in bracket.standings]
