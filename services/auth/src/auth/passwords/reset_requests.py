"""Requests for an email with a link to reset a forgotten password.

A request reveals nothing, not even by its duration: the typed address is put into the outbox as it is, and only the
worker looks up whether an account has it.
"""

import msgspec
from advanced_alchemy.config import SQLAlchemyAsyncConfig
from cryptography.fernet import InvalidToken, MultiFernet

from auth.account_events import PASSWORD_RESET_ASKED, AccountEvents, AccountOwner
from auth.accounts import emails, queries
from auth.events import log_account_event
from auth.links import service as links
from auth.links.purposes import LIFETIMES, RESET
from auth.mail.mailer import Mailer
from auth.mail.messages import ResetPassword
from auth.sessions.metrics import UNKNOWN_ACCOUNT
from auth.throttling import budgets
from auth.throttling.service import Throttles
from transcendence_common import outbox
from transcendence_common.caller import Caller
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.outages import DatabaseUnavailable
from transcendence_common.outbox import TemporaryFailure
from transcendence_common.problems import FieldError, InvalidFields

RESET_REQUEST_TOPIC = "reset-request"
GIVEN_UP_AFTER = LIFETIMES[RESET]
"""Time after which a request is dropped: the player has asked again by then."""


class _StoredResetRequest(msgspec.Struct, frozen=True):
    """A reset request as stored in the outbox; encrypted, because it contains an address."""

    email_key: str
    caller: Caller


class ResetRequests:
    """Accepts reset requests for any address, and later sends an email if an account has verified it."""

    def __init__(
        self,
        *,
        db: SQLAlchemyAsyncConfig,
        encryption: MultiFernet,
        throttles: Throttles,
        mailer: Mailer,
        events: AccountEvents,
        clock: Clock,
    ) -> None:
        self._db = db
        self._encryption = encryption
        self._throttles = throttles
        self._mailer = mailer
        self._events = events
        self._clock = clock

    async def enqueue_request(self, session: TimedSession, email: str, caller: Caller) -> None:
        """Put a reset request into the outbox.

        Raises:
            InvalidFields: the address is malformed.
            TooManyAttempts: too many requests for this address, known or not, or from this network.
        """
        problem = emails.problem_with_email(email)
        if problem is not None:
            raise InvalidFields(FieldError("email", problem))
        key = emails.email_key_of(email)
        limits = budgets.resets_of(key), budgets.resets_from(caller.network)
        await self._throttles.count_attempt(session.now, *limits)
        # Without the device token, which is a secret of the browser and not needed here.
        asked = _StoredResetRequest(key, Caller(caller.address, caller.user_agent, None))
        body = self._encryption.encrypt(msgspec.json.encode(asked))
        await outbox.enqueue_message(session, RESET_REQUEST_TOPIC, body)

    async def process_request(self, body: bytes) -> None:
        """Send the email with the reset link for a stored request, if an account has verified the address.

        The email goes to the address as the account spells it.

        Raises:
            TemporaryFailure: the database is unavailable, or a newer replica encrypted the request with a key that this
                replica does not have yet.
        """
        try:
            asked = msgspec.json.decode(self._encryption.decrypt(body), type=_StoredResetRequest)
        except (InvalidToken, msgspec.MsgspecError) as error:
            raise TemporaryFailure(f"it cannot be read: {type(error).__name__}") from None
        try:
            async with session_at(self._db, self._clock()) as session:
                await self._send_link(session, asked)
        except DatabaseUnavailable as error:
            raise TemporaryFailure(type(error).__name__) from None

    async def _send_link(self, session: TimedSession, asked: _StoredResetRequest) -> None:
        account = await queries.find_owner_of_email(session, asked.email_key)
        if account is None or not await queries.lock_account(session, account.account_id):
            log_account_event(
                "user-password-reset-ask",
                None,
                asked.caller,
                effect="info",
                reason=UNKNOWN_ACCOUNT,
            )
            return
        link = await links.make_link(session, account.account_id, RESET, account.email)
        message = ResetPassword(username=account.username, token=link.token)
        await self._mailer.send(session, account.email, message, good_until=link.expires_at)
        await self._events.record(
            session,
            PASSWORD_RESET_ASKED,
            AccountOwner(account.account_id, account.username, account.email),
            asked.caller,
        )
