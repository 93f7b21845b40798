from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth import account_events
from auth.account_events import AccountEvents, Owner
from auth.accounts.hashing import Passwords
from auth.accounts.password_strength import PasswordStrength
from auth.links import service as links
from auth.links.errors import LinkOver
from auth.links.purposes import CHANGE, RESET
from auth.links.service import Link
from auth.passwords import queries
from auth.sessions.devices import recognise
from auth.sessions.models import PASSWORD_RESET
from auth.sessions.service import Sessions
from contracts.auth.passwords import Reset
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession, session_at
from transcendence_common.problems import FieldError, InvalidFields


class Resets:
    """Sets a new password through an email link. If two-factor authentication is enabled, sign-in still asks for a
    code."""

    def __init__(
        self,
        db: SQLAlchemyAsyncConfig,
        hashing: Passwords,
        strength: PasswordStrength,
        sessions: Sessions,
        events: AccountEvents,
    ) -> None:
        self._db = db
        self._hashing = hashing
        self._strength = strength
        self._sessions = sessions
        self._events = events

    async def reset(self, session: TimedSession, chosen: Reset, caller: Caller) -> None:
        """Replace the password, end every session, and register the device as known.

        While an account's password is guessed from many places, unknown devices are throttled; this one no longer is.

        Raises:
            LinkUnknown: there is no such link.
            LinkOver: the link is no longer valid, or was sent to another than the account's current address.
            InvalidFields: the password breaks a rule; the link stays valid.
            TooManyPasswords: the queue for hashing or rating passwords is full; the link stays valid.
        """
        # A separate session, closed right away, so that no connection is held while waiting for a hashing thread.
        async with session_at(self._db, session.now) as looking:
            link = await links.find(looking, chosen.token, RESET)
        await self._check(chosen, link)
        new_hash = await self._hashing.hash(chosen.password)
        used = await links.use(session, chosen.token, RESET)
        if not await queries.reset(session, used.account_id, used.email_key, new_hash):
            raise LinkOver
        await self._end_what_was(session, used)
        await recognise(session, used.account_id, caller)
        # The address is verified, because the link was sent there.
        owner = Owner(used.account_id, used.username, used.account_email)
        await self._events.happened(session, account_events.PASSWORD_RESET, owner, caller)

    async def _check(self, chosen: Reset, link: Link) -> None:
        problem = await self._strength.problem_with(
            chosen.password, username=link.username, email=link.account_email
        )
        if problem is not None:
            raise InvalidFields(FieldError("password", problem))

    async def _end_what_was(self, session: TimedSession, link: Link) -> None:
        """End all sessions and cancel a pending change of address, because another person may have had access."""
        await self._sessions.end_all(session, link.account_id, PASSWORD_RESET)
        await links.call_off(session, link.account_id, CHANGE)
