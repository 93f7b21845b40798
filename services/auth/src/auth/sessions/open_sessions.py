"""Lists an account's open sessions and ends them for their owner."""

from uuid import UUID

from auth.security_log import actions
from auth.security_log.record import record_action
from auth.sessions import queries
from auth.sessions.devices import device_name
from auth.sessions.errors import NoSuchSession
from auth.sessions.live import SignedIn
from auth.sessions.models import REVOKED
from auth.sessions.service import Sessions, log_session_ended
from contracts.auth.sessions import OpenSession, OpenSessions
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession


async def list_open_sessions(session: TimedSession, person: SignedIn) -> OpenSessions:
    """Return the player's open sessions, most recently used first."""
    found = await queries.list_open_sessions(session, person.account_id)
    return OpenSessions(
        [
            OpenSession(
                id=each.id,
                device=device_name(each.user_agent),
                address=each.address,
                created_at=each.created_at,
                last_used_at=each.renewed_at,
                current=each.id == person.session_id,
            )
            for each in found
        ]
    )


async def revoke_session(
    session: TimedSession, person: SignedIn, session_id: UUID, caller: Caller
) -> None:
    """End one of the player's sessions.

    Raises:
        NoSuchSession: the session is not the player's, or not open.
    """
    user_agent = await queries.revoke_session(session, person.account_id, session_id)
    if user_agent is None:
        raise NoSuchSession
    name = device_name(user_agent)
    action = actions.SESSION_REVOKED
    await record_action(session, person.account_id, action, caller, name=name)
    log_session_ended(person.account_id, session_id, REVOKED, caller)


async def revoke_other_sessions(
    session: TimedSession, sessions: Sessions, person: SignedIn, caller: Caller
) -> None:
    """End all of the player's sessions except the one that asks."""
    ended = await sessions.end_all_sessions(
        session, person.account_id, REVOKED, except_session_id=person.session_id
    )
    if ended:
        action = actions.OTHER_SESSIONS_REVOKED
        await record_action(session, person.account_id, action, caller, count=str(ended))
