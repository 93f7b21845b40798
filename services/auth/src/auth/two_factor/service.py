import asyncio
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from auth.account_events import (
    RECOVERY_CODES_RENEWED,
    TWO_FACTOR_DISABLED,
    TWO_FACTOR_ENABLED,
    AccountEvents,
    account_owner_of,
)
from auth.reauthentication import Reauthentication
from auth.sessions.live import SignedIn, lock_open_session
from auth.two_factor import codes, queries
from auth.two_factor.check import SecondFactorCheck, read_code
from auth.two_factor.errors import NoSetup, TwoFactorOff, TwoFactorOn, WrongCode
from auth.two_factor.qr import qr_svg
from contracts.auth.two_factor import PasswordAndCode, RecoveryCodes, TwoFactorSetup
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession


class TwoFactorSettings:
    """Changes an account's two-factor authentication for its owner.

    Each change needs the password, or a recently confirmed session if the account has none. Every change except
    `set_up` also needs a code. Each raises SessionOver if the session was ended in the meantime.
    """

    def __init__(
        self, check: SecondFactorCheck, password_proof: Reauthentication, events: AccountEvents
    ) -> None:
        self._check = check
        self._password_proof = password_proof
        self._events = events

    async def set_up(
        self, session: TimedSession, person: SignedIn, password: str | None, caller: Caller
    ) -> TwoFactorSetup:
        """Create a secret, replacing one that waits for its first code.

        Raises:
            TwoFactorOn: two-factor authentication is already enabled.
            also the errors of `Reauthentication.check_password_or_confirmed`.
        """
        await self._password_proof.check_password_or_confirmed(
            person, password, caller, session.now
        )
        secret = codes.new_secret()
        uri = codes.otpauth_uri(secret, person.username)
        # Rendering chooses the best of eight patterns, which takes 50 ms.
        svg = await asyncio.to_thread(qr_svg, uri)
        await lock_open_session(session, person)
        if not await queries.store_pending_secret(
            session, person.account_id, self._check.encrypt_secret(secret)
        ):
            raise TwoFactorOn
        return TwoFactorSetup(secret, uri, svg)

    async def enable(
        self, session: TimedSession, person: SignedIn, proof: PasswordAndCode, caller: Caller
    ) -> RecoveryCodes:
        """Enable two-factor authentication with the first code of the secret that was set up.

        Raises:
            NotACode: the code is malformed.
            WrongCode: the code does not match the secret.
            NoSetup: no secret was set up.
            TwoFactorOn: two-factor authentication is already enabled.
            also the errors of `Reauthentication.check_password_or_confirmed`.
        """
        code = read_code(proof.code)
        await self._password_proof.check_password_or_confirmed(
            person, proof.password, caller, session.now
        )
        await lock_open_session(session, person)
        sealed = await queries.find_pending_secret(session, person.account_id)
        if sealed is None:
            is_on = await queries.is_enabled(session, person.account_id)
            raise TwoFactorOn if is_on else NoSetup
        # Guesses are not limited here, because a player who may set it up knows the secret.
        step = codes.time_step_of(
            self._check.decrypt_secret(sealed, person.account_id), code, session.now
        )
        if step is None:
            raise WrongCode
        if not await queries.enable_pending_secret(session, person.account_id, sealed, step):
            raise TwoFactorOn
        made = await _new_recovery_codes(session, person.account_id)
        await self._events.record(session, TWO_FACTOR_ENABLED, account_owner_of(person), caller)
        return made

    async def disable(
        self, session: TimedSession, person: SignedIn, proof: PasswordAndCode, caller: Caller
    ) -> None:
        """Delete the second factor, its recovery codes and its open challenges.

        Raises:
            TwoFactorOff: two-factor authentication is not enabled.
            also the errors of `Reauthentication.check_password_or_confirmed` and `SecondFactorCheck.verify_code`.
        """
        await self._check_proof(person, proof, caller, session.now)
        await lock_open_session(session, person)
        if not await queries.delete_second_factor(session, person.account_id):
            raise TwoFactorOff
        await self._events.record(session, TWO_FACTOR_DISABLED, account_owner_of(person), caller)

    async def renew_recovery_codes(
        self, session: TimedSession, person: SignedIn, proof: PasswordAndCode, caller: Caller
    ) -> RecoveryCodes:
        """Create ten new recovery codes; the old ones stop working.

        Raises:
            TwoFactorOff: two-factor authentication is not enabled.
            also the errors of `Reauthentication.check_password_or_confirmed` and `SecondFactorCheck.verify_code`.
        """
        await self._check_proof(person, proof, caller, session.now)
        await lock_open_session(session, person)
        if not await queries.is_enabled(session, person.account_id):
            raise TwoFactorOff
        made = await _new_recovery_codes(session, person.account_id)
        await self._events.record(session, RECOVERY_CODES_RENEWED, account_owner_of(person), caller)
        return made

    async def _check_proof(
        self, person: SignedIn, proof: PasswordAndCode, caller: Caller, now: datetime
    ) -> None:
        # Before the password check, so that a malformed code does not cost an attempt.
        read_code(proof.code)
        await self._password_proof.check_password_or_confirmed(person, proof.password, caller, now)
        await self._check.verify_code(person.account_id, proof.code, caller, now)


async def _new_recovery_codes(session: AsyncSession, account_id: UUID) -> RecoveryCodes:
    made = codes.new_recovery_codes()
    digests = [codes.recovery_code_digest(account_id, read_code(code)) for code in made]
    await queries.replace_recovery_codes(session, account_id, digests)
    return RecoveryCodes(made)
