"""Reauthentication: asks a signed-in player for the password and code again before a sensitive change."""

from auth.account_events import CONFIRMED, AccountEvents, account_owner_of
from auth.reauthentication import Reauthentication
from auth.sessions.errors import NoPassword
from auth.sessions.live import SignedIn
from auth.sessions.service import Sessions
from auth.two_factor.check import SecondFactorCheck, read_code
from contracts.auth.sessions import ConfirmationRequest
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession
from transcendence_common.problems import FieldError, InvalidFields


class Confirmation:
    """Verifies the password, and a code if two-factor authentication is enabled."""

    def __init__(
        self,
        sessions: Sessions,
        password_proof: Reauthentication,
        second_factor: SecondFactorCheck,
        events: AccountEvents,
    ) -> None:
        self._sessions = sessions
        self._password_proof = password_proof
        self._second_factor = second_factor
        self._events = events

    async def confirm(
        self, session: TimedSession, person: SignedIn, given: ConfirmationRequest, caller: Caller
    ) -> None:
        """Reauthenticate the player and mark the session as confirmed from now on.

        Raises:
            NoPassword: the account has no password.
            InvalidFields: a required field is empty.
            SessionOver: the session was ended in the meantime.
            also the errors of `Reauthentication.check_password` and `SecondFactorCheck.verify_code`.
        """
        if not person.has_password:
            raise NoPassword
        asks_for_code = await self._second_factor.is_enabled(person.account_id)
        _check_filled_in(given, asks_for_code=asks_for_code)
        if asks_for_code:
            # Before the password check, so that a malformed code does not cost an attempt.
            read_code(given.code or "")
        await self._password_proof.check_password(person, given.password, caller, session.now)
        if asks_for_code:
            await self._second_factor.verify_code(
                person.account_id, given.code or "", caller, session.now
            )
        await self._sessions.confirm_session(session, person)
        await self._events.record(
            session,
            CONFIRMED,
            account_owner_of(person),
            caller,
            method="password",
            detail={"method": "password"},
        )


def _check_filled_in(given: ConfirmationRequest, *, asks_for_code: bool) -> None:
    errors = []
    if not given.password:
        errors.append(FieldError("password", "Enter your password."))
    if asks_for_code and not given.code:
        errors.append(FieldError("code", "Enter the code from your app."))
    if errors:
        raise InvalidFields(*errors)
