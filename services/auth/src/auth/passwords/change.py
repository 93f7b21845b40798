from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth import account_events
from auth.account_events import AccountEvents, account_owner_of
from auth.accounts import queries as accounts
from auth.accounts.errors import WrongPassword
from auth.accounts.hashing import PasswordHashing
from auth.accounts.password_strength import PasswordStrength
from auth.links import service as links
from auth.links.purposes import CHANGE, RESET
from auth.passwords import queries
from auth.reauthentication import Reauthentication
from auth.sessions.live import SignedIn, lock_open_session
from auth.sessions.models import PASSWORD_CHANGED
from auth.sessions.service import Sessions
from contracts.auth.passwords import PasswordChange
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.problems import FieldError, InvalidFields

CURRENT_FIELD = "current_password"


class PasswordChanges:
    """Replaces the password of a signed-in player who enters the current one, or sets the first one of an account
    without."""

    def __init__(
        self,
        *,
        db: SQLAlchemyAsyncConfig,
        hashing: PasswordHashing,
        strength: PasswordStrength,
        proof: Reauthentication,
        sessions: Sessions,
        events: AccountEvents,
    ) -> None:
        self._db = db
        self._hashing = hashing
        self._strength = strength
        self._proof = proof
        self._sessions = sessions
        self._events = events

    async def change_password(
        self, session: TimedSession, person: SignedIn, wanted: PasswordChange, caller: Caller
    ) -> None:
        """Store the new password, and end every session except the one that asks.

        A pending change of address is cancelled too, as the email about that change promises.

        Raises:
            InvalidFields: the new password breaks a rule, or the old one is missing.
            WrongPassword: the current password is wrong, or was changed in the meantime.
            ConfirmationRequired: the account has no password, and the session was confirmed too long ago.
            TooManyAttempts: too many wrong passwords.
            TooManyPasswords: the queue for hashing or rating passwords is full.
            SessionOver: the session was ended in the meantime.
        """
        async with self._db.get_session() as looking:
            old_hash = await accounts.find_password_hash(looking, person.account_id)
        await self._proof.check_password_or_confirmed(
            person, wanted.current_password, caller, session.now, field=CURRENT_FIELD
        )
        await self._check_new_password(person, wanted.password)
        new_hash = await self._hashing.hash(wanted.password)
        await lock_open_session(session, person)
        if not await queries.change_password_hash(session, person.account_id, old_hash, new_hash):
            raise WrongPassword(CURRENT_FIELD)
        await self._sessions.end_all_sessions(
            session, person.account_id, PASSWORD_CHANGED, except_session_id=person.session_id
        )
        await links.cancel_links(session, person.account_id, CHANGE, RESET)
        await self._events.record(
            session, account_events.PASSWORD_CHANGED, account_owner_of(person), caller
        )

    async def _check_new_password(self, person: SignedIn, password: str) -> None:
        problem = await self._strength.problem_with(
            password, username=person.username, email=person.email
        )
        if problem is not None:
            raise InvalidFields(FieldError("password", problem))
