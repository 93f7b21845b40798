"""Client of tournament for tournaments."""

from types import NoneType
from typing import Literal
from uuid import UUID

import msgspec

from contracts.pages import Page
from contracts.tournament.tournaments import (
    AuditLogEntry,
    BracketDetails,
    Correction,
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

Show = Literal["open", "running", "finished", "mine"]
"""The kinds of tournaments that can be listed."""

NOBODY = 0
"""Seed of an empty place in a pairing."""


class TournamentsClient(Backend):
    async def create(self, wish: TournamentWish, key: str, token: str) -> TournamentDetails:
        """Create a tournament; a repeated request with the same key returns the same tournament."""
        headers = {"Idempotency-Key": key}
        return await self.post(TOURNAMENTS, wish, TournamentDetails, token=token, headers=headers)

    async def tournaments(
        self, show: Show, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Page[TournamentSummary]:
        query = {"show": show, **_page(limit, cursor)}
        return await self.get(TOURNAMENTS, Page[TournamentSummary], token=token, query=query)

    async def tournament(
        self, tournament_id: UUID, token: str | None, invitation: str | None = None
    ) -> TournamentDetails:
        query = {"invitation": invitation} if invitation else None
        return await self.get(_address(tournament_id), TournamentDetails, token=token, query=query)

    async def change(
        self, tournament_id: UUID, change: TournamentChange, token: str
    ) -> TournamentDetails:
        return await self.patch(_address(tournament_id), change, TournamentDetails, token=token)

    async def open_entries(self, tournament_id: UUID, token: str) -> TournamentDetails:
        path = f"{_address(tournament_id)}/opening"
        return await self.post(path, None, TournamentDetails, token=token)

    async def start(self, tournament_id: UUID, token: str) -> TournamentDetails:
        path = f"{_address(tournament_id)}/start"
        return await self.post(path, None, TournamentDetails, token=token)

    async def cancel(self, tournament_id: UUID, reason: str, token: str) -> None:
        path = f"{_address(tournament_id)}/cancellation"
        await self.post(path, ReasonRequest(reason), msgspec.Raw, token=token)

    async def seed(self, tournament_id: UUID, wish: SeedingWish, token: str) -> list[EntryDetails]:
        path = f"{_address(tournament_id)}/seeding"
        return await self.put(path, wish, list[EntryDetails], token=token)

    async def entries(
        self, tournament_id: UUID, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Page[EntryDetails]:
        path = f"{_address(tournament_id)}/entries"
        return await self.get(path, Page[EntryDetails], token=token, query=_page(limit, cursor))

    async def enter(self, tournament_id: UUID, invitation: str | None, token: str) -> OwnEntry:
        path = f"{_address(tournament_id)}/entries"
        return await self.post(path, EnterRequest(invitation), OwnEntry, token=token)

    async def leave(self, tournament_id: UUID, token: str) -> None:
        """Leave before the start, or withdraw after it."""
        await self.delete(f"{_address(tournament_id)}/entries/own", NoneType, token=token)

    async def check_in(self, tournament_id: UUID, token: str) -> OwnEntry:
        path = f"{_address(tournament_id)}/check-in"
        return await self.post(path, None, OwnEntry, token=token)

    async def come_back(self, tournament_id: UUID, token: str) -> OwnEntry:
        path = f"{_address(tournament_id)}/return"
        return await self.post(path, None, OwnEntry, token=token)

    async def disqualify(
        self, tournament_id: UUID, entry_id: UUID, reason: str, token: str
    ) -> EntryDetails:
        path = f"{_address(tournament_id)}/entries/{entry_id}/disqualification"
        return await self.post(path, ReasonRequest(reason), EntryDetails, token=token)

    async def bracket(self, tournament_id: UUID, token: str | None) -> BracketDetails:
        return await self.get(f"{_address(tournament_id)}/bracket", BracketDetails, token=token)

    async def ready(self, tournament_id: UUID, number: int, token: str) -> PairingDetails:
        path = f"{_pairing(tournament_id, number)}/ready"
        return await self.post(path, None, PairingDetails, token=token)

    async def correct(
        self, tournament_id: UUID, number: int, correction: Correction, token: str
    ) -> PairingDetails:
        path = f"{_pairing(tournament_id, number)}/correction"
        return await self.put(path, correction, PairingDetails, token=token)

    async def ticket(self, tournament_id: UUID, number: int, token: str) -> HotseatTicket:
        path = f"{_pairing(tournament_id, number)}/ticket"
        return await self.post(path, None, HotseatTicket, token=token)

    async def result(self, tournament_id: UUID, number: int, token: str) -> PairingDetails:
        """Have the result of a hotseat match taken from history's record."""
        path = f"{_pairing(tournament_id, number)}/result"
        return await self.post(path, None, PairingDetails, token=token)

    async def audit(
        self, tournament_id: UUID, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Page[AuditLogEntry]:
        path = f"{_address(tournament_id)}/audit"
        return await self.get(path, Page[AuditLogEntry], token=token, query=_page(limit, cursor))

    async def match_calls(self, token: str) -> list[MatchCall]:
        return await self.get(f"{TOURNAMENTS}/summons", list[MatchCall], token=token)

    async def placings(
        self, player_id: UUID, token: str | None, *, limit: int, cursor: str | None = None
    ) -> Page[Placing]:
        path = f"/api/tournament/players/{player_id}/placings"
        return await self.get(path, Page[Placing], token=token, query=_page(limit, cursor))


TOURNAMENTS = "/api/tournament/tournaments"


def _address(tournament_id: UUID) -> str:
    return f"{TOURNAMENTS}/{tournament_id}"


def _pairing(tournament_id: UUID, number: int) -> str:
    return f"{_address(tournament_id)}/pairings/{number}"


def _page(limit: int, cursor: str | None) -> dict[str, str]:
    return {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
