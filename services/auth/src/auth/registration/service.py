"""Opening an account."""

from datetime import timedelta

from auth.account_events import REGISTERED, AccountEvents, Owner
from auth.accounts import emails, queries, usernames
from auth.accounts.errors import NameTaken
from auth.accounts.hashing import Passwords
from auth.accounts.password_strength import PasswordStrength
from auth.addresses.verification import Verification
from auth.throttling import budgets
from auth.throttling.service import Throttles
from contracts.auth.accounts import Registered, Registration
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.ids import new_id
from transcendence_common.names import key_of
from transcendence_common.problems import FieldError, InvalidFields

KEPT_UNVERIFIED_FOR = timedelta(days=7)
"""Long enough for a holiday without mail; then the name is free again, and whoever was never asked is forgotten."""


class Registrations:
    """Opens accounts, and tells nobody but the reader of an address whether it had one already."""

    def __init__(
        self,
        hashing: Passwords,
        strength: PasswordStrength,
        throttles: Throttles,
        verification: Verification,
        events: AccountEvents,
    ) -> None:
        self._hashing = hashing
        self._strength = strength
        self._throttles = throttles
        self._verification = verification
        self._events = events

    async def register(
        self, session: TimedSession, registration: Registration, caller: Caller
    ) -> Registered:
        """Open an account, whoever has the address: it becomes the account's own only by a link sent there.

        Raises:
            InvalidFields: naming every field that breaks a rule.
            TooManyAttempts: too many from here, or with this address.
            TooManyPasswords: the queue for hashing or judging passwords is full.
            NameTaken: somebody has the name.
        """
        # Before the fields: judging a password takes a thread that all share.
        await self._throttles.attempt(session.now, budgets.registering(caller.network))
        username = usernames.as_shown(registration.username)
        await self._check_fields(registration, username)
        email = emails.as_stored(registration.email)
        await self._throttles.attempt(session.now, budgets.letters_to(emails.key_of(email)))
        # Before the first statement, so that nobody holds a database connection while queueing for a thread.
        password_hash = await self._hashing.hash(registration.password)
        registered = Registered(new_id(), username)
        account: dict[str, object] = {
            "id": registered.id,
            "username": username,
            "username_key": key_of(username),
            "email": email,
            "email_key": emails.key_of(email),
            "expires_at": session.now + KEPT_UNVERIFIED_FOR,
            "password_hash": password_hash,
            "created_at": session.now,
        }
        if not await queries.insert_unless_taken(session, account):
            raise NameTaken(username)
        await self._verification.ask(session, registered.id, username, email)
        await self._events.happened(
            session, REGISTERED, Owner(registered.id, username, None), caller, method="password"
        )
        return registered

    async def _check_fields(self, registration: Registration, username: str) -> None:
        problems = {
            "username": usernames.problem_with(username),
            "email": emails.problem_with(registration.email),
            "password": await self._strength.problem_with(
                registration.password, username=username, email=registration.email
            ),
        }
        errors = [FieldError(field, message) for field, message in problems.items() if message]
        if errors:
            raise InvalidFields(*errors)
