"""A running tournament, its players, and the scheduler, which runs when told to.
Matches end like live ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select

from pong.court import LEFT, RIGHT
from services.tournament.tests.tournaments.organising import CUP, Answer, Attendee, Hall
from tournament.live.models import Match, Seat
from tournament.live.queries import FinalFigures, end_matches
from tournament.pairings.scheduler import TournamentScheduler
from transcendence_common.database import session_at

AT_ONCE = timedelta(0)

Shown = dict[str, Any]


@dataclass(frozen=True)
class Court:
    """The service with running tournaments."""

    hall: Hall

    @cached_property
    def scheduler(self) -> TournamentScheduler:
        """Return the scheduler that runs twice a second, for a test to run."""
        return self.another_scheduler()

    def another_scheduler(self, patience: timedelta = AT_ONCE) -> TournamentScheduler:
        return TournamentScheduler(self.hall.db, self.hall.clock, grace_time=patience)

    async def begun(self, players: int, *, names: Sequence[str] = (), **wish: object) -> "Cup":
        """Start a tournament with this many players, the first of them the best."""
        organiser = self.hall.player("Olga")
        people = self.hall.players(*(names or [f"P{seed}" for seed in range(1, players + 1)]))
        tournament_id = await organiser.opened({**CUP, "size": max(players, 2), **wish})
        ratings = [2000 - seed for seed in range(len(people))]
        await self.hall.put_in(tournament_id, *people, ratings=ratings)
        answer = await organiser.start(tournament_id)
        assert answer.status_code == 200, answer.text
        return Cup(self, tournament_id, organiser, people)

    async def look(self) -> None:
        await self.scheduler.advance_due_tournaments()

    async def pass_time(self, seconds: float) -> None:
        self.hall.clock.advance(seconds=seconds)
        await self.look()


@dataclass(frozen=True)
class Cup:
    """One tournament."""

    court: Court
    id: str
    organiser: Attendee
    people: Sequence[Attendee]
    """Players by seed: the first is number 1."""

    def player(self, seed: int) -> Attendee:
        return self.people[seed - 1]

    # Actions of players.

    async def ready(self, number: int, who: Attendee) -> Answer:
        return await who.ask("POST", f"/{self.id}/pairings/{number}/ready")

    async def correct(
        self, number: int, winner: int | None, who: Attendee | None = None, **changes: object
    ) -> Answer:
        wish = {"winner": winner, "reason": "A spectator stood on the cable.", **changes}
        path = f"/{self.id}/pairings/{number}/correction"
        return await (who or self.organiser).ask("PUT", path, wish)

    async def disqualify(self, seed: int) -> None:
        entry_id = next(
            each["entry_id"] for each in (await self.bracket())["entrants"] if each["seed"] == seed
        )
        path = f"/{self.id}/entries/{entry_id}/disqualification"
        answer = await self.organiser.ask("POST", path, {"reason": "Rude."})
        assert answer.status_code == 200, answer.text

    async def both_ready(self, number: int) -> UUID:
        """Confirm that both players are ready; return the match."""
        pairing = await self.pairing(number)
        await self.ready(number, self.player(pairing["one"]))
        answer = await self.ready(number, self.player(pairing["other"]))
        assert answer.status_code == 200, answer.text
        match_id = answer.json()["match_id"]
        assert match_id is not None
        return UUID(match_id)

    # Ends of matches.

    async def wins(self, number: int, seed: int, *, loser_has: int = 2) -> None:
        """Play a pairing to a win, without running the scheduler."""
        await self.end(await self.both_ready(number), winner=self.player(seed), loser_has=loser_has)

    async def end(
        self,
        match_id: UUID,
        *,
        winner: Attendee | None = None,
        loser_has: int = 2,
        given_up: bool = False,
        absent: Sequence[Attendee] = (),
    ) -> None:
        """End a match as the process that runs it does; without a winner it is void."""
        async with session_at(self.court.hall.db, self.court.hall.clock()) as session:
            match = await session.get_one(Match, match_id)
            gone = {each.id for each in absent}
            side = None if winner is None else LEFT if match.left_id == winner.id else RIGHT
            points = 0 if winner is None else match.points
            figures = FinalFigures(
                match_id=match_id,
                left_score=points if side == LEFT else loser_has,
                right_score=points if side == RIGHT else loser_has,
                winner=side,
                forfeited_by=LEFT + RIGHT - side if side and given_up else None,
                left_absent=match.left_id in gone,
                right_absent=match.right_id in gone,
                delay=1,
                left_late=0,
                right_late=0,
                left_rtt_ms=10,
                right_rtt_ms=10,
            )
            await end_matches(session, [figures])

    async def play_on(self, favourite: Callable[[int, int], int] = min, most: int = 200) -> int:
        """Play all called pairings until the tournament is over; return the number of matches."""
        played = 0
        while (await self.bracket())["state"] == "running":
            called = [each for each in await self.pairings() if each["state"] == "called"]
            assert called, "somebody's turn it must be"
            for each in called:
                await self.wins(each["number"], favourite(each["one"], each["other"]))
                played += 1
            assert played <= most
            await self.court.look()
        return played

    # State of the tournament.

    async def bracket(self) -> Shown:
        answer = await self.organiser.ask("GET", f"/{self.id}/bracket")
        assert answer.status_code == 200, answer.text
        found: Shown = answer.json()
        return found

    async def pairings(self) -> list[Shown]:
        found: list[Shown] = (await self.bracket())["pairings"]
        return found

    async def pairing(self, number: int) -> Shown:
        return next(each for each in await self.pairings() if each["number"] == number)

    async def state(self, number: int) -> str:
        state: str = (await self.pairing(number))["state"]
        return state

    async def outcome(self, number: int) -> tuple[str | None, int | None]:
        """Return how a pairing ended, and its winner."""
        pairing = await self.pairing(number)
        return pairing.get("how"), pairing.get("winner")

    async def called(self) -> list[tuple[int, int]]:
        """Return the players of called pairings."""
        return [
            (each["one"], each["other"])
            for each in await self.pairings()
            if each["state"] == "called"
        ]

    async def places(self) -> dict[int, int | None]:
        """Return the places stored with the entries, by seed."""
        return {each["seed"]: each["place"] for each in (await self.bracket())["entrants"]}

    async def entry_states(self) -> dict[int, str]:
        return {each["seed"]: each["state"] for each in (await self.bracket())["entrants"]}

    async def match_calls(self, seed: int) -> list[Shown]:
        answer = await self.player(seed).ask("GET", "/summons")
        assert answer.status_code == 200, answer.text
        found: list[Shown] = answer.json()
        return found

    async def matches(self) -> Sequence[Match]:
        async with self.court.hall.db.get_session() as session:
            found = await session.scalars(
                select(Match).where(Match.tournament_id == UUID(self.id)).order_by(Match.id)
            )
            return found.all()

    async def seated(self) -> set[UUID]:
        async with self.court.hall.db.get_session() as session:
            return set(await session.scalars(select(Seat.player_id)))

    async def revision(self) -> int:
        revision: int = (await self.bracket())["revision"]
        return revision
