from datetime import timedelta

from auth.account_events import REGISTERED, AccountEvents, AccountOwner
from auth.accounts import emails, queries, usernames
from auth.accounts.errors import NameTaken
from auth.accounts.hashing import PasswordHashing
from auth.accounts.password_strength import PasswordStrength
from auth.addresses.verification import EmailVerification
from auth.throttling import budgets
from auth.throttling.service import Throttles
from contracts.auth.accounts import RegisteredAccount, Registration
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.ids import new_id
from transcendence_common.names import name_key
from transcendence_common.problems import FieldError, InvalidFields

KEPT_UNVERIFIED_FOR = timedelta(days=7)
"""How long an unverified account is kept: long enough for a holiday without email. Then its name is free again, and an
address entered without its owner's knowledge is deleted."""


class Registrations:
    """Registers accounts without revealing whether the address has an account; only an email to the address tells."""

    def __init__(
        self,
        hashing: PasswordHashing,
        strength: PasswordStrength,
        throttles: Throttles,
        verification: EmailVerification,
        events: AccountEvents,
    ) -> None:
        self._hashing = hashing
        self._strength = strength
        self._throttles = throttles
        self._verification = verification
        self._events = events

    async def register(
        self, session: TimedSession, registration: Registration, caller: Caller
    ) -> RegisteredAccount:
        """Register an account. The address belongs to it only after the link sent there was used.

        Raises:
            InvalidFields: names every field that breaks a rule.
            TooManyAttempts: too many registrations from this network, or with this address.
            TooManyPasswords: the queue for hashing or rating passwords is full.
            NameTaken: another account has the name.
        """
        # Before the fields, because rating a password uses a thread that all requests share.
        await self._throttles.count_attempt(session.now, budgets.registrations_from(caller.network))
        username = usernames.as_shown_username(registration.username)
        await self._check_fields(registration, username)
        email = emails.as_stored_email(registration.email)
        await self._throttles.count_attempt(
            session.now, budgets.emails_to(emails.email_key_of(email))
        )
        # Before the first statement, so that no database connection is held while waiting for a thread.
        password_hash = await self._hashing.hash(registration.password)
        registered = RegisteredAccount(new_id(), username)
        account: dict[str, object] = {
            "id": registered.id,
            "username": username,
            "username_key": name_key(username),
            "email": email,
            "email_key": emails.email_key_of(email),
            "expires_at": session.now + KEPT_UNVERIFIED_FOR,
            "password_hash": password_hash,
            "created_at": session.now,
        }
        if not await queries.insert_unless_taken(session, account):
            raise NameTaken(username)
        await self._verification.send_link(session, registered.id, username, email)
        await self._events.record(
            session,
            REGISTERED,
            AccountOwner(registered.id, username, None),
            caller,
            method="password",
        )
        return registered

    async def _check_fields(self, registration: Registration, username: str) -> None:
        problems = {
            "username": usernames.problem_with_username(username),
            "email": emails.problem_with_email(registration.email),
            "password": await self._strength.problem_with(
                registration.password, username=username, email=registration.email
            ),
        }
        errors = [FieldError(field, message) for field, message in problems.items() if message]
        if errors:
            raise InvalidFields(*errors)
