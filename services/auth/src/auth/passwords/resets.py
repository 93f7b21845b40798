from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth import account_events
from auth.account_events import AccountEvents, AccountOwner
from auth.accounts.hashing import PasswordHashing
from auth.accounts.password_strength import PasswordStrength
from auth.links import service as links
from auth.links.errors import LinkOver
from auth.links.purposes import CHANGE, RESET
from auth.links.service import PresentedLink
from auth.passwords import queries
from auth.sessions.devices import record_sign_in_device
from auth.sessions.models import PASSWORD_RESET
from auth.sessions.service import Sessions
from contracts.auth.passwords import PasswordReset
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession, session_at
from transcendence_common.problems import FieldError, InvalidFields


class PasswordResets:
    """Sets a new password through an email link. If two-factor authentication is enabled, sign-in still asks for a
    code."""

    def __init__(
        self,
        db: SQLAlchemyAsyncConfig,
        hashing: PasswordHashing,
        strength: PasswordStrength,
        sessions: Sessions,
        events: AccountEvents,
    ) -> None:
        self._db = db
        self._hashing = hashing
        self._strength = strength
        self._sessions = sessions
        self._events = events

    async def reset_password(
        self, session: TimedSession, chosen: PasswordReset, caller: Caller
    ) -> None:
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
            link = await links.find_valid_link(looking, chosen.token, RESET)
        await self._check_new_password(chosen, link)
        new_hash = await self._hashing.hash(chosen.password)
        used = await links.use_link(session, chosen.token, RESET)
        if not await queries.reset_password_hash(
            session, used.account_id, used.email_key, new_hash
        ):
            raise LinkOver
        await self._revoke_earlier_access(session, used)
        await record_sign_in_device(session, used.account_id, caller)
        # The address is verified, because the link was sent there.
        owner = AccountOwner(used.account_id, used.username, used.account_email)
        await self._events.record(session, account_events.PASSWORD_RESET, owner, caller)

    async def _check_new_password(self, chosen: PasswordReset, link: PresentedLink) -> None:
        problem = await self._strength.problem_with(
            chosen.password, username=link.username, email=link.account_email
        )
        if problem is not None:
            raise InvalidFields(FieldError("password", problem))

    async def _revoke_earlier_access(self, session: TimedSession, link: PresentedLink) -> None:
        """End all sessions and cancel a pending change of address, because another person may have had access."""
        await self._sessions.end_all_sessions(session, link.account_id, PASSWORD_RESET)
        await links.cancel_links(session, link.account_id, CHANGE)
