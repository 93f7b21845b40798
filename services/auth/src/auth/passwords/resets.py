"""Choosing a new password with a link from a letter."""

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
    """Lets whoever reads mail at an account's address choose its password. A second factor is asked for as before."""

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
        """Replace the password, end every session, and know the device from now on.

        Who guesses passwords from many places makes whoever comes from a new device wait; this one is none any more.

        Raises:
            LinkUnknown: there is no such link.
            LinkOver: it is no longer good, or no longer for the account's address.
            InvalidFields: the password breaks a rule; the link is still good.
            TooManyPasswords: the queue for hashing or judging passwords is full; so is it then.
        """
        # A session of its own, closed again: nobody holds a connection while queueing for a thread.
        async with session_at(self._db, session.now) as looking:
            link = await links.find(looking, chosen.token, RESET)
        await self._check(chosen, link)
        new_hash = await self._hashing.hash(chosen.password)
        used = await links.use(session, chosen.token, RESET)
        if not await queries.reset(session, used.account_id, used.email_key, new_hash):
            raise LinkOver
        await self._end_what_was(session, used)
        await recognise(session, used.account_id, caller)
        # The address is verified: the link went there.
        owner = Owner(used.account_id, used.username, used.account_email)
        await self._events.happened(session, account_events.PASSWORD_RESET, owner, caller)

    async def _check(self, chosen: Reset, link: Link) -> None:
        problem = await self._strength.problem_with(
            chosen.password, username=link.username, email=link.account_email
        )
        if problem is not None:
            raise InvalidFields(FieldError("password", problem))

    async def _end_what_was(self, session: TimedSession, link: Link) -> None:
        """Somebody else may have been in: their sessions end, and so does a change of address that they asked for."""
        await self._sessions.end_all(session, link.account_id, PASSWORD_RESET)
        await links.call_off(session, link.account_id, CHANGE)
