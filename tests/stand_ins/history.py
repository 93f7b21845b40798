"""Stands in for history: match records in memory, without any verification."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import msgspec
from jose import jwt
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody
from pydantic import SecretStr

from contracts.game import SideName
from contracts.history.matches import MatchRecord, MatchSide, Outcome
from contracts.history.modes import PUBLIC_MODES
from contracts.history.overviews import PlayerOverview
from contracts.history.players import ModeTotals, Opponent, PlayerStats, Totals
from contracts.history.ratings import CurrentStanding, LeaderboardLine, RatingChangeDetails
from contracts.history.tickets import IssuedTicket, TicketRequest
from contracts.pages import Page
from history.app import create_app
from history.errors import LogContinuesAfterWin
from history.settings import HistorySettings
from tests.stand_ins.auth import NAMESPACE
from tests.stand_ins.contract import ServiceContract
from tests.stand_ins.switch import Switch
from transcendence_common.problems import NotFound, NotSignedIn, problem_details

NOW: Final = datetime(2026, 11, 24, 13, 52, tzinfo=UTC)
PLAIN_TICKS: Final = 4312
PLAIN_LOG: Final = {"ticks": PLAIN_TICKS, "changes": [[0, 1, 0]]}

SETTINGS: Final = HistorySettings(
    environment="test",
    history_database_url=SecretStr("postgresql://not.used/history"),
    history_ticket_secret=SecretStr("only-for-tests-9876543210abcdefghij"),
)

PlainRequest = Request[None, None, State]


class StandInHistory:
    """A stand-in for history with one list of matches, newest first, for every reader. If
    `refuses`, it rejects finished matches.

    Tests set the ratings; a player without one is new.
    """

    def __init__(self) -> None:
        self.switch = Switch(self._app(), ServiceContract(create_app(SETTINGS)))
        self.reset()

    def reset(self) -> None:
        self.switch.reset()
        self.matches: list[MatchRecord] = []
        self.ratings: dict[UUID, CurrentStanding] = {}
        self.changes: list[RatingChangeDetails] = []
        self.board: list[LeaderboardLine] = []
        self.opponents: list[Opponent] = []
        self.totals_by_mode: dict[str, ModeTotals] = {}
        self.refuses = False

    def add_match(
        self,
        name: str = "Alice",
        *,
        score: tuple[int, int] = (7, 4),
        opponent: str = "Computer",
        level: str | None = "normal",
        points: int = 7,
        longest_rally: int = 14,
    ) -> MatchRecord:
        left, right = score
        number = len(self.matches)
        outcome: Outcome = "won" if left > right else "lost"
        match = MatchRecord(
            id=uuid5(NAMESPACE, f"match {number}"),
            mode="ai" if level else "local",
            level=level,
            points=points,
            played_at=NOW - timedelta(hours=7 * number),
            duration_ms=71_867 + 1_300 * number,
            ticks=PLAIN_TICKS,
            rules=1,
            left=MatchSide(uuid5(NAMESPACE, name), name, "player", left),
            right=MatchSide(None, opponent, "ai" if level else "guest", right),
            winner="left" if left > right else "right",
            longest_rally=longest_rally,
            verified=True,
            rated=False,
            forfeited_by=None,
            delay=None,
            outcome=outcome,
        )
        self.matches.append(match)
        return match

    def add_online(
        self,
        left: str,
        right: str,
        *,
        score: tuple[int, int] = (7, 4),
        outcome: Outcome | None = "won",
        forfeited_by: SideName | None = None,
        rated: bool = True,
    ) -> MatchRecord:
        """Add a match between two people to the list of the player who had this `outcome`."""
        number = len(self.matches)
        winner: SideName = "left" if score[0] > score[1] else "right"
        if forfeited_by:
            winner = "right" if forfeited_by == "left" else "left"
        sides = {
            side: MatchSide(
                uuid5(NAMESPACE, name),
                name,
                "player",
                points,
                late=late,
                rtt_ms=rtt,
                rating_before=1500.2 if rated else None,
                rating_after=(1511.7 if side == winner else 1488.4) if rated else None,
            )
            for side, name, points, late, rtt in (
                ("left", left, score[0], 0, 38),
                ("right", right, score[1], 3, 142),
            )
        }
        match = MatchRecord(
            id=uuid5(NAMESPACE, f"match {number}"),
            mode="online",
            level=None,
            points=7,
            played_at=NOW - timedelta(hours=7 * number),
            duration_ms=71_867,
            ticks=PLAIN_TICKS,
            rules=1,
            left=sides["left"],
            right=sides["right"],
            winner=winner,
            longest_rally=14,
            verified=True,
            outcome=outcome,
            rated=rated,
            forfeited_by=forfeited_by,
            delay=5,
        )
        self.matches.append(match)
        return match

    def rate(self, name: str, *ratings: float, deviation: float = 61.4) -> None:
        """Add rated matches in the order in which they were played."""
        player_id = uuid5(NAMESPACE, name)
        count = len(ratings)
        self.changes = [
            RatingChangeDetails(
                match_id=uuid5(NAMESPACE, f"rated {number}"),
                number=number + 1,
                rating_before=ratings[number - 1] if number else 1500,
                deviation_before=max(deviation, 380 - 30 * number),
                rating_after=rating,
                deviation_after=max(deviation, 350 - 30 * number),
                at=NOW - timedelta(days=count - number),
            )
            for number, rating in enumerate(ratings)
        ][::-1]
        provisional = deviation > 110
        rank = None if provisional else 1
        self.ratings[player_id] = CurrentStanding(
            player_id, ratings[-1], deviation, provisional, count, rank
        )

    def rank(self, *names: str) -> None:
        self.board = [
            LeaderboardLine(
                player_id=uuid5(NAMESPACE, name),
                name=name,
                rating=1900.4 - 13 * number,
                deviation=48.2,
                provisional=False,
                rated_matches=120 - number,
                rank=number + 1,
            )
            for number, name in enumerate(names)
        ]

    def _page(
        self, mode: str | None, outcome: str | None, limit: int, start: int
    ) -> Page[MatchRecord]:
        wanted = [
            match
            for match in self.matches
            if mode in {None, match.mode} and outcome in {None, match.outcome}
        ]
        more = str(start + limit) if start + limit < len(wanted) else None
        return Page[MatchRecord](wanted[start : start + limit], more)

    def _totals(self, player_id: UUID) -> Totals:
        theirs = [match for match in self.matches if match.left.player_id == player_id]
        won = sum(match.outcome == "won" for match in theirs)
        longest = max((match.longest_rally for match in theirs), default=0)
        return Totals(len(theirs), won, len(theirs) - won, longest)

    def _rating_of(self, player_id: UUID) -> CurrentStanding:
        return self.ratings.get(player_id, CurrentStanding(player_id, 1500, 350, True, 0, None))

    def _find(self, match_id: UUID) -> MatchRecord:
        for match in self.matches:
            if match.id == match_id:
                return match
        raise NotFound("There is no such match.")

    def _about_players(self) -> list[HTTPRouteHandler]:
        @get("/api/history/players/{player_id:uuid}/overview")
        async def overview(request: PlainRequest, player_id: FromPath[UUID]) -> PlayerOverview:
            public = [match for match in self.matches if match.mode in PUBLIC_MODES]
            return PlayerOverview(
                stats=PlayerStats(player_id, self._totals(player_id), self.totals_by_mode),
                rating=self._rating_of(player_id),
                rating_changes=self.changes if player_id in self.ratings else [],
                opponents=self.opponents,
                recent_matches=public if "Authorization" in request.headers else [],
            )

        @get("/api/history/players/{player_id:uuid}/rating")
        async def rating(player_id: FromPath[UUID]) -> CurrentStanding:
            return self._rating_of(player_id)

        @get("/api/history/leaderboard")
        async def leaderboard(
            limit: FromQuery[int], cursor: FromQuery[str] = "0"
        ) -> Page[LeaderboardLine]:
            start = int(cursor)
            more = str(start + limit) if start + limit < len(self.board) else None
            return Page[LeaderboardLine](self.board[start : start + limit], more)

        return [overview, rating, leaderboard]

    def _app(self) -> Litestar:
        @get("/api/history/matches")
        async def list_matches(
            request: PlainRequest,
            mode: FromQuery[str | None] = None,
            outcome: FromQuery[str | None] = None,
            limit: FromQuery[int] = 20,
            cursor: FromQuery[str] = "0",
        ) -> Page[MatchRecord]:
            _require_token(request)
            return self._page(mode, outcome, limit, int(cursor))

        @get("/api/history/matches/{match_id:uuid}")
        async def one_match(match_id: FromPath[UUID]) -> MatchRecord:
            return self._find(match_id)

        @get("/api/history/matches/{match_id:uuid}/replay")
        async def replay(match_id: FromPath[UUID]) -> dict[str, object]:
            match = self._find(match_id)
            return {
                "record": match,
                "seed": 7,
                "inputs": PLAIN_LOG,
                "level": match.level,
                "rules": match.rules,
                "points": match.points,
            }

        @post("/api/history/tickets")
        async def open_ticket(request: PlainRequest, data: JSONBody[TicketRequest]) -> IssuedTicket:
            _require_token(request)
            match_id = uuid5(NAMESPACE, f"ticket {data.mode} {len(self.matches)}")
            signed = jwt.encode(msgspec.to_builtins(data), "stand-in", algorithm="HS256")
            return IssuedTicket(ticket=signed, match_id=match_id, seed=7, rules=1, expires_at=NOW)

        @post("/api/history/matches")
        async def finish(request: PlainRequest) -> Response[MatchRecord]:
            _require_token(request)
            if self.refuses:
                raise LogContinuesAfterWin("The log goes on after the match has ended.")
            return Response(self.matches[0] if self.matches else self.add_match(), status_code=201)

        handlers = [list_matches, one_match, replay, open_ticket, finish, *self._about_players()]
        return Litestar(handlers, plugins=[problem_details()], openapi_config=None)


def _require_token(request: PlainRequest) -> None:
    if not request.headers.get("Authorization", "").startswith("Bearer "):
        raise NotSignedIn
