"""Brings a running tournament's rows in line with the rules. Repeating it changes nothing."""

import asyncio
from datetime import datetime, timedelta

from tournament.bracket.facts import Bracket, Facts
from tournament.bracket.settling import settle
from tournament.pairings import queries
from tournament.pairings.difference import Calling, Difference, difference
from tournament.pairings.events import log_called, log_decided
from tournament.pairings.rows import Rows, facts_of
from tournament.signals import games_channel
from tournament.tournaments.events import record, record_step
from tournament.tournaments.models import Tournament
from tournament.tournaments.revision import touch
from transcendence_common.database import TimedSession
from transcendence_common.signals import notify


async def progress(session: TimedSession, tournament: Tournament) -> None:
    """Read the facts, settle them, and write the changes: pairings, players, calls, outcomes, the end.

    The caller holds the tournament's row, and has written the facts: states of entries, outcomes of pairings.
    Called players and everyone viewing the tournament are notified.
    """
    rows = await queries.rows_of(session, tournament.id)
    facts, calling = facts_of(tournament, rows), _calling(tournament, session.now)
    # In a thread: settling a large Swiss tournament takes longer than a tick of the live matches in this loop (1/60 s).
    bracket, found = await asyncio.to_thread(_settled, facts, rows, calling)
    await queries.drop(session, tournament.id, found.dropped)
    await queries.store(session, tournament.id, found.written)
    players = rows.players()
    for row in found.called:
        log_called(tournament, row, players)
    for row in found.decided:
        log_decided(tournament, row, players)
    tournament.round = bracket.round
    ended = await _end_or_go_on(session, tournament, bracket)
    concerned = players.keys() if ended else found.concerned & players.keys()
    await notify(session, [games_channel(players[seed]) for seed in concerned])
    await touch(session, tournament)


def _settled(facts: Facts, rows: Rows, calling: Calling) -> tuple[Bracket, Difference]:
    bracket = settle(facts)
    return bracket, difference(rows.pairings, bracket, calling)


def _calling(tournament: Tournament, now: datetime) -> Calling:
    if tournament.kind == "hotseat":
        return Calling(now, None)
    return Calling(now, deadline_of(tournament, now))


def deadline_of(tournament: Tournament, now: datetime) -> datetime:
    """Return the time by which players called now must be ready."""
    return now + timedelta(seconds=tournament.ready_seconds)


async def _end_or_go_on(session: TimedSession, tournament: Tournament, bracket: Bracket) -> bool:
    """End the tournament, or continue it after a correction; tell whether it ended or continued."""
    if not bracket.over:
        reopened = await queries.reopen(session, tournament.id)
        if reopened:
            await queries.store_places(session, tournament.id, dict.fromkeys(_seeds_of(bracket)))
            record(tournament, "reopened", None)
        return reopened
    await queries.store_places(
        session, tournament.id, {line.entrant: line.place for line in bracket.standings}
    )
    finished = await queries.finish(session, tournament.id)
    if finished:
        record_step(tournament, "finished", None)
    return finished


def _seeds_of(bracket: Bracket) -> list[int]:
    return [line.entrant for line in bracket.standings]
