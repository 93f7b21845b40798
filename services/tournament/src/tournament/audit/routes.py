"""HTTP route of the audit log."""

from typing import Annotated
from uuid import UUID

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.pages import Page
from contracts.tournament.tournaments import AuditLogEntry
from tournament.audit.reading import page_of_audit_log
from tournament.tournaments.errors import NoSuchTournament
from transcendence_common.identity import Player
from transcendence_common.openapi import SIGNED_IN_OR_NOT, answers
from transcendence_common.pagination import DEFAULT_LIMIT, Limit
from transcendence_common.problems import InvalidFields, Malformed


@get(
    "/tournaments/{tournament_id:uuid}/audit",
    security=SIGNED_IN_OR_NOT,
    responses=answers(Malformed, InvalidFields, NoSuchTournament),
)
async def list_audit_log(
    *,
    tournament_id: FromPath[UUID],
    visitor: NamedDependency[Player | None],
    db_session: NamedDependency[AsyncSession],
    cursor: Annotated[FromQuery[str | None], QueryParameter()] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[AuditLogEntry]:
    """Return the actions of the organiser and of the clock since the tournament was opened, newest first."""
    return await page_of_audit_log(db_session, tournament_id, visitor, cursor=cursor, limit=limit)


audit_routes = Router("/", route_handlers=[list_audit_log])
