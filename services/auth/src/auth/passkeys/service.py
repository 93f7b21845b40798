from datetime import datetime
from uuid import UUID

from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth.account_events import (
    CONFIRMED,
    PASSKEY_ADDED,
    PASSKEY_REMOVED,
    AccountEvents,
    Event,
    account_owner_of,
)
from auth.accounts import queries as accounts
from auth.events import Proof, log_account_event, log_authentication
from auth.passkeys import queries
from auth.passkeys.ceremonies import Ceremonies
from auth.passkeys.errors import (
    NoSuchPasskey,
    PasskeyKnown,
    PasskeyNotAdded,
    PasskeyRefused,
    TooManyPasskeys,
)
from auth.passkeys.models import CONFIRM, ENROL, SIGN_IN
from auth.passkeys.queries import StoredPasskey
from auth.passkeys.webauthn_site import MALFORMED, NotGenuine, WebAuthnSite, credential_id_of
from auth.sessions.live import SignedIn, lock_open_session
from auth.sessions.metrics import REFUSED, SUCCESS, THROTTLED, count_sign_in
from auth.sessions.service import Sessions
from auth.sign_in.completion import SignInCompletion
from auth.sign_in_methods.models import LONGEST_NAME
from auth.sign_in_methods.service import require_sign_in_method
from auth.throttling import budgets
from auth.throttling.errors import TooManyAttempts
from auth.throttling.service import Throttles
from contracts.auth.passkeys import (
    CeremonyOptions,
    NewPasskey,
    PasskeyAssertion,
    PasskeyView,
    WebAuthnJson,
)
from contracts.auth.sessions import SecondFactorChallenge, Tokens
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession, session_at
from transcendence_common.ids import new_id
from transcendence_common.problems import FieldError, InvalidFields

MOST_PASSKEYS = 20
CEREMONY_OVER = "ceremony_over"
"""Reason in logs: the ceremony is unknown, answered, expired, or of another session."""


class PasskeySignIn:
    """Adds and removes passkeys, and verifies them for sign-in and reauthentication."""

    def __init__(
        self,
        *,
        db: SQLAlchemyAsyncConfig,
        ceremonies: Ceremonies,
        site: WebAuthnSite,
        completion: SignInCompletion,
        sessions: Sessions,
        throttles: Throttles,
        events: AccountEvents,
    ) -> None:
        self._db = db
        self._ceremonies = ceremonies
        self._site = site
        self._completion = completion
        self._sessions = sessions
        self._throttles = throttles
        self._events = events

    async def begin_enrolment(self, person: SignedIn, now: datetime) -> CeremonyOptions:
        async with session_at(self._db, now) as session:
            known = await queries.credential_ids_of(session, person.account_id)
        if len(known) >= MOST_PASSKEYS:
            raise TooManyPasskeys(MOST_PASSKEYS)
        name, challenge = await self._ceremonies.begin_ceremony(ENROL, now, person)
        options = self._site.creation_options(challenge, person.account_id, person.username, known)
        return CeremonyOptions(name, options)

    async def add_passkey(
        self, session: TimedSession, person: SignedIn, new: NewPasskey, caller: Caller
    ) -> PasskeyView:
        """Add a passkey.

        Raises:
            PasskeyNotAdded: the passkey does not answer the ceremony.
            PasskeyKnown: the passkey is already registered.
            TooManyPasskeys: the account has the maximum number of passkeys.
            SessionOver: the session was ended in the meantime.
        """
        name = checked_passkey_name(new.name)
        challenge = await self._ceremonies.use_up_ceremony(
            new.ceremony, ENROL, session.now, person.session_id
        )
        if challenge is None:
            _log_not_added(person, caller, CEREMONY_OVER)
            raise PasskeyNotAdded
        try:
            made = self._site.verify_created(new.credential, challenge)
        except NotGenuine as error:
            _log_not_added(person, caller, error.reason)
            raise PasskeyNotAdded from error
        await lock_open_session(session, person)
        if await queries.count_passkeys(session, person.account_id) >= MOST_PASSKEYS:
            raise TooManyPasskeys(MOST_PASSKEYS)
        added = PasskeyView(new_id(), name, session.now, None)
        row: dict[str, object] = {
            "id": added.id,
            "account_id": person.account_id,
            "credential_id": made.credential_id,
            "public_key": made.public_key,
            "sign_count": made.sign_count,
            "name": name,
            "created_at": session.now,
        }
        if not await queries.insert_passkey_unless_known(session, row):
            raise PasskeyKnown
        await self._record_event(session, PASSKEY_ADDED, person, caller, name=name)
        return added

    async def begin_sign_in(self, caller: Caller, now: datetime) -> CeremonyOptions:
        """Begin a sign-in with any passkey of this site; the player is not known yet.

        Raises:
            TooManyAttempts: too many ceremonies from this network.
        """
        try:
            await self._throttles.count_attempt(
                now, budgets.passkey_ceremonies_from(caller.network)
            )
        except TooManyAttempts:
            count_sign_in("passkey", THROTTLED)
            log_authentication("user-login", None, caller, method="passkey", reason=THROTTLED)
            raise
        name, challenge = await self._ceremonies.begin_ceremony(SIGN_IN, now)
        return CeremonyOptions(name, self._site.request_options(challenge, among=[]))

    async def sign_in(
        self, session: TimedSession, shown: PasskeyAssertion, caller: Caller
    ) -> Tokens | SecondFactorChallenge:
        """Complete a sign-in with a passkey. It verifies the player itself, so it counts as two factors.

        Raises:
            PasskeyRefused: the passkey was not accepted, for any reason.
        """
        challenge = await self._ceremonies.use_up_ceremony(shown.ceremony, SIGN_IN, session.now)
        try:
            passkey = await self._verify_and_record_use(session, shown.credential, challenge)
        except PasskeyRefused as refused:
            count_sign_in("passkey", REFUSED)
            _log_refused("user-login", refused.account_id, refused, caller)
            raise
        sign_in_answer = await self._completion.complete_sign_in(
            session, passkey.account_id, caller, method="passkey", both_factors_verified=True
        )
        count_sign_in("passkey", SUCCESS)
        return sign_in_answer

    async def begin_confirmation(self, person: SignedIn, now: datetime) -> CeremonyOptions:
        async with session_at(self._db, now) as session:
            known = await queries.credential_ids_of(session, person.account_id)
        name, challenge = await self._ceremonies.begin_ceremony(CONFIRM, now, person)
        return CeremonyOptions(name, self._site.request_options(challenge, among=known))

    async def confirm_session(
        self, session: TimedSession, person: SignedIn, shown: PasskeyAssertion, caller: Caller
    ) -> None:
        """Mark the session as confirmed with a passkey of its player.

        Raises:
            PasskeyRefused: the passkey was not accepted, for any reason.
        """
        challenge = await self._ceremonies.use_up_ceremony(
            shown.ceremony, CONFIRM, session.now, person.session_id
        )
        try:
            await self._verify_and_record_use(
                session, shown.credential, challenge, person.account_id
            )
        except PasskeyRefused as refused:
            _log_refused("user-confirm", person.account_id, refused, caller)
            raise
        await self._sessions.confirm_session(session, person)
        await self._events.record(
            session,
            CONFIRMED,
            account_owner_of(person),
            caller,
            method="passkey",
            detail={"method": "passkey"},
        )

    async def remove_passkey(
        self, session: TimedSession, person: SignedIn, passkey_id: UUID, caller: Caller
    ) -> None:
        """Remove a passkey.

        Raises:
            NoSuchPasskey: the passkey does not exist or belongs to another account.
            LastSignInMethod: it is the account's last sign-in method.
            SessionOver: the session was ended in the meantime.
        """
        await lock_open_session(session, person)
        name = await queries.delete_passkey(session, person.account_id, passkey_id)
        if name is None:
            raise NoSuchPasskey
        await require_sign_in_method(session, person.account_id)
        await self._record_event(session, PASSKEY_REMOVED, person, caller, name=name)

    async def _record_event(
        self, session: TimedSession, event: Event, person: SignedIn, caller: Caller, *, name: str
    ) -> None:
        await self._events.record(
            session,
            event,
            account_owner_of(person),
            caller,
            mail_detail=name,
            detail={"name": name},
        )

    async def _verify_and_record_use(
        self,
        session: TimedSession,
        credential: WebAuthnJson,
        challenge: bytes | None,
        owner_id: UUID | None = None,
    ) -> StoredPasskey:
        """Verify a presented passkey, record its use, and return it. If `owner_id` is given, only a passkey of that
        account is accepted."""
        credential_id = credential_id_of(credential)
        if challenge is None:
            raise PasskeyRefused(CEREMONY_OVER)
        if credential_id is None:
            raise PasskeyRefused(MALFORMED)
        passkey = await queries.find_by_credential(session, credential_id)
        if passkey is None or not await accounts.lock_account(session, passkey.account_id):
            raise PasskeyRefused("unknown_passkey")
        try:
            count = self._site.verify_presented(credential, challenge, passkey)
        except NotGenuine as error:
            raise PasskeyRefused(error.reason, passkey.account_id) from error
        if not await queries.record_use(session, passkey, count):
            raise PasskeyRefused("used_meanwhile", passkey.account_id)
        if owner_id not in {None, passkey.account_id}:
            raise PasskeyRefused("foreign_passkey", owner_id)
        return passkey


def checked_passkey_name(name: str) -> str:
    """Return a typed passkey name as it is stored, with single spaces.

    Raises:
        InvalidFields: the name is empty, too long, or cannot be shown on one line.
    """
    shown = " ".join(name.split())
    if not 1 <= len(shown) <= LONGEST_NAME or not shown.isprintable():
        message = f"Enter a name of 1 to {LONGEST_NAME} characters."
        raise InvalidFields(FieldError("name", message))
    return shown


def _log_not_added(person: SignedIn, caller: Caller, reason: str) -> None:
    log_account_event("passkey-add", person.account_id, caller, reason=reason)


def _log_refused(
    action: Proof, account_id: UUID | None, refused: PasskeyRefused, caller: Caller
) -> None:
    log_authentication(action, account_id, caller, method="passkey", reason=refused.reason)
