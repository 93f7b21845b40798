"""Client of tournament for tournaments."""

from types import NoneType
from typing import Literal
from uuid import UUID

import msgspec

from contracts.pages import Page
from contracts.tournament.tournaments import (
    AuditLogEntry,
    BracketDetails,
    CorrectionRequest,
    EnterRequest,
    EntryDetails,
    HotseatTicket,
    MatchCall,
    OwnEntry,
    PairingDetails,
    Placing,
    ReasonRequest,
    SeedingWish,
    TournamentChange,
    TournamentDetails,
    TournamentSummary,
    TournamentWish,
)
from ui.clients.backend import Backend

ListFilter = Literal["open", "running", "finished", "mine"]
"""The kinds of tournaments that can be listed."""

NOBODY = 0
"""Seed of an empty place in a pairing."""


class TournamentsClient(Backend):
    async def create_tournament(
        self, wish: TournamentWish, key: str, token: str
    ) -> TournamentDetails:
        """Create a tournament; a repeated request with the same key returns the same tournament."""
        headers = {"Idempotency-Key": key}
        return await self.post(
            TOURNAMENTS_PATH, wish, TournamentDetails, token=token, headers=headers
        )

    async def tournaments(
        self, show: ListFilter, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Page[TournamentSummary]:
        query = {"show": show, **_page_query(limit, cursor)}
        return await self.get(TOURNAMENTS_PATH, Page[TournamentSummary], token=token, query=query)

    async def tournament(
        self, tournament_id: UUID, token: str | None, invitation: str | None = None
    ) -> TournamentDetails:
        query = {"invitation": invitation} if invitation else None
        return await self.get(
            _tournament_path(tournament_id), TournamentDetails, token=token, query=query
        )

    async def change_tournament(
        self, tournament_id: UUID, change: TournamentChange, token: str
    ) -> TournamentDetails:
        return await self.patch(
            _tournament_path(tournament_id), change, TournamentDetails, token=token
        )

    async def open_entries(self, tournament_id: UUID, token: str) -> TournamentDetails:
        path = f"{_tournament_path(tournament_id)}/opening"
        return await self.post(path, None, TournamentDetails, token=token)

    async def start_tournament(self, tournament_id: UUID, token: str) -> TournamentDetails:
        path = f"{_tournament_path(tournament_id)}/start"
        return await self.post(path, None, TournamentDetails, token=token)

    async def cancel_tournament(self, tournament_id: UUID, reason: str, token: str) -> None:
        path = f"{_tournament_path(tournament_id)}/cancellation"
        await self.post(path, ReasonRequest(reason), msgspec.Raw, token=token)

    async def seed_players(
        self, tournament_id: UUID, wish: SeedingWish, token: str
    ) -> list[EntryDetails]:
        path = f"{_tournament_path(tournament_id)}/seeding"
        return await self.put(path, wish, list[EntryDetails], token=token)

    async def entries(
        self, tournament_id: UUID, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Page[EntryDetails]:
        path = f"{_tournament_path(tournament_id)}/entries"
        return await self.get(
            path, Page[EntryDetails], token=token, query=_page_query(limit, cursor)
        )

    async def enter_tournament(
        self, tournament_id: UUID, invitation: str | None, token: str
    ) -> OwnEntry:
        path = f"{_tournament_path(tournament_id)}/entries"
        return await self.post(path, EnterRequest(invitation), OwnEntry, token=token)

    async def leave_tournament(self, tournament_id: UUID, token: str) -> None:
        """Leave before the start, or withdraw after it."""
        await self.delete(f"{_tournament_path(tournament_id)}/entries/own", NoneType, token=token)

    async def check_in(self, tournament_id: UUID, token: str) -> OwnEntry:
        path = f"{_tournament_path(tournament_id)}/check-in"
        return await self.post(path, None, OwnEntry, token=token)

    async def rejoin_tournament(self, tournament_id: UUID, token: str) -> OwnEntry:
        path = f"{_tournament_path(tournament_id)}/return"
        return await self.post(path, None, OwnEntry, token=token)

    async def disqualify(
        self, tournament_id: UUID, entry_id: UUID, reason: str, token: str
    ) -> EntryDetails:
        path = f"{_tournament_path(tournament_id)}/entries/{entry_id}/disqualification"
        return await self.post(path, ReasonRequest(reason), EntryDetails, token=token)

    async def bracket(self, tournament_id: UUID, token: str | None) -> BracketDetails:
        return await self.get(
            f"{_tournament_path(tournament_id)}/bracket", BracketDetails, token=token
        )

    async def mark_ready(self, tournament_id: UUID, number: int, token: str) -> PairingDetails:
        path = f"{_pairing_path(tournament_id, number)}/ready"
        return await self.post(path, None, PairingDetails, token=token)

    async def correct_result(
        self, tournament_id: UUID, number: int, correction: CorrectionRequest, token: str
    ) -> PairingDetails:
        path = f"{_pairing_path(tournament_id, number)}/correction"
        return await self.put(path, correction, PairingDetails, token=token)

    async def issue_hotseat_ticket(
        self, tournament_id: UUID, number: int, token: str
    ) -> HotseatTicket:
        path = f"{_pairing_path(tournament_id, number)}/ticket"
        return await self.post(path, None, HotseatTicket, token=token)

    async def take_hotseat_result(
        self, tournament_id: UUID, number: int, token: str
    ) -> PairingDetails:
        """Ask tournament to read the result of a hotseat match from history's record."""
        path = f"{_pairing_path(tournament_id, number)}/result"
        return await self.post(path, None, PairingDetails, token=token)

    async def audit_log(
        self, tournament_id: UUID, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Page[AuditLogEntry]:
        path = f"{_tournament_path(tournament_id)}/audit"
        return await self.get(
            path, Page[AuditLogEntry], token=token, query=_page_query(limit, cursor)
        )

    async def match_calls(self, token: str) -> list[MatchCall]:
        return await self.get(f"{TOURNAMENTS_PATH}/summons", list[MatchCall], token=token)

    async def placings(
        self, player_id: UUID, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Page[Placing]:
        path = f"/api/tournament/players/{player_id}/placings"
        return await self.get(path, Page[Placing], token=token, query=_page_query(limit, cursor))


TOURNAMENTS_PATH = "/api/tournament/tournaments"


def _tournament_path(tournament_id: UUID) -> str:
    return f"{TOURNAMENTS_PATH}/{tournament_id}"


def _pairing_path(tournament_id: UUID, number: int) -> str:
    return f"{_tournament_path(tournament_id)}/pairings/{number}"


def _page_query(limit: int, cursor: str | None) -> dict[str, str]:
    return {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
