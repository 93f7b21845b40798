"""Uses an identity at a provider to sign in, register or reauthenticate, and links or unlinks it."""

from typing import Final
from uuid import UUID

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.ext.asyncio import AsyncSession

from auth.account_events import (
    CONFIRMED,
    IDENTITY_LINKED,
    IDENTITY_UNLINKED,
    REGISTERED,
    AccountEvents,
    AccountOwner,
    account_owner_of,
)
from auth.oauth import queries
from auth.oauth.errors import (
    AccountExists,
    AlreadyLinked,
    EmailUnverified,
    IdentityTaken,
    NoSuchIdentity,
    OAuthRefused,
)
from auth.oauth.provider_sign_in import ProviderSignIn
from auth.oauth.providers.configured import PROVIDER_NAMES
from auth.oauth.registration import create_verified_account
from auth.security_log import actions
from auth.security_log.record import SecurityLog
from auth.sessions.errors import WrongCredentials
from auth.sessions.live import SignedIn, lock_open_session
from auth.sessions.service import Sessions
from auth.sign_in.completion import SignInCompletion
from auth.sign_in_methods.service import require_sign_in_method
from contracts.auth.oauth import LinkedIdentity, ProviderVisitOutcome
from contracts.auth.sessions import SecondFactorChallenge, Tokens
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession

LOOKUP_ATTEMPTS: Final = 2
"""Times an identity is looked up. If another request creates it after the first look-up, the second finds it."""


class Identities:
    """Signs in with and links identities only by the provider's user ID, never by an email address alone."""

    def __init__(
        self,
        *,
        db: SQLAlchemyAsyncConfig,
        completion: SignInCompletion,
        sessions: Sessions,
        security_log: SecurityLog,
        events: AccountEvents,
    ) -> None:
        self._db = db
        self._completion = completion
        self._sessions = sessions
        self._security_log = security_log
        self._events = events

    async def sign_in(
        self, session: TimedSession, provider_sign_in: ProviderSignIn
    ) -> tuple[ProviderVisitOutcome, Tokens | SecondFactorChallenge]:
        """Sign in to the account that the identity is linked to, or register a new one if there is none.

        Raises:
            EmailUnverified: there is no linked account, and the provider confirms no address to register with.
            AccountExists: there is no linked account, and a verified account has the address.
            OAuthRefused: the account was deleted in the meantime.
        """
        account_id, outcome = await self._find_or_register_account(session, provider_sign_in)
        try:
            sign_in_answer = await self._completion.complete_sign_in(
                session, account_id, provider_sign_in.caller, method=provider_sign_in.method
            )
        except WrongCredentials:
            raise OAuthRefused from None
        return "two_factor" if isinstance(
            sign_in_answer, SecondFactorChallenge
        ) else outcome, sign_in_answer

    async def confirm_session(
        self, session: TimedSession, person: SignedIn, provider_sign_in: ProviderSignIn
    ) -> None:
        """Mark a session as confirmed with an identity of its player.

        Raises:
            OAuthRefused: the identity is not the player's.
            SessionOver: the session was ended in the meantime.
        """
        # A separate session, closed right away, because a refusal is recorded on another connection.
        async with self._db.get_session() as looking:
            owner = await queries.find_owner(looking, provider_sign_in)
        detail = {"method": provider_sign_in.method}
        if owner != person.account_id:
            await self._security_log.record_alone(
                person.account_id,
                actions.CONFIRMATION_FAILED,
                provider_sign_in.caller,
                session.now,
                **detail,
            )
            raise OAuthRefused
        await self._sessions.confirm_session(session, person)
        await self._events.record(
            session,
            CONFIRMED,
            account_owner_of(person),
            provider_sign_in.caller,
            method=provider_sign_in.method,
            detail=detail,
        )

    async def link_identity(
        self, session: TimedSession, person: SignedIn, provider_sign_in: ProviderSignIn
    ) -> None:
        """Link an identity to the account of the signed-in player.

        Raises:
            SessionOver: the session was ended during the visit, for example by the owner to lock out another person.
            IdentityTaken: the identity is linked to another account.
            AlreadyLinked: the account has an identity of this provider.
        """
        await lock_open_session(session, person)
        if not await queries.insert_identity_unless_taken(
            session, person.account_id, provider_sign_in
        ):
            if await queries.find_owner(session, provider_sign_in) in {None, person.account_id}:
                raise AlreadyLinked(provider_sign_in.provider_name)
            raise IdentityTaken(provider_sign_in.provider_name)
        await self._events.record(
            session,
            IDENTITY_LINKED,
            account_owner_of(person),
            provider_sign_in.caller,
            provider=provider_sign_in.provider,
            mail_detail=provider_sign_in.provider_name,
            detail={"provider": provider_sign_in.provider_name},
        )

    async def unlink_identity(
        self, session: TimedSession, person: SignedIn, provider: str, caller: Caller
    ) -> None:
        """Unlink a player's identity at a provider.

        Raises:
            NoSuchIdentity: it is not linked.
            LastSignInMethod: it is the account's last sign-in method.
            SessionOver: the session was ended in the meantime.
        """
        name = PROVIDER_NAMES.get(provider)
        await lock_open_session(session, person)
        if name is None or not await queries.delete_identity(session, person.account_id, provider):
            raise NoSuchIdentity
        await require_sign_in_method(session, person.account_id)
        await self._events.record(
            session,
            IDENTITY_UNLINKED,
            account_owner_of(person),
            caller,
            provider=provider,
            mail_detail=name,
            detail={"provider": name},
        )

    async def list_identities(
        self, session: AsyncSession, person: SignedIn
    ) -> list[LinkedIdentity]:
        found = await queries.list_identities(session, person.account_id)
        return [
            LinkedIdentity(each.provider, PROVIDER_NAMES[each.provider], each.label, each.linked_at)
            for each in found
        ]

    async def _find_or_register_account(
        self, session: TimedSession, provider_sign_in: ProviderSignIn
    ) -> tuple[UUID, ProviderVisitOutcome]:
        for _ in range(LOOKUP_ATTEMPTS):
            known = await queries.find_owner(session, provider_sign_in)
            if known is not None:
                return known, "signed_in"
            if provider_sign_in.profile.verified_email is None:
                raise EmailUnverified(provider_sign_in.provider_name)
            opened = await _register_with_identity(
                session, provider_sign_in, provider_sign_in.profile.verified_email
            )
            if opened is not None:
                await self._events.record(
                    session,
                    REGISTERED,
                    AccountOwner(
                        opened,
                        provider_sign_in.profile.suggested_name,
                        provider_sign_in.profile.verified_email,
                    ),
                    provider_sign_in.caller,
                    method=provider_sign_in.method,
                    detail={"method": provider_sign_in.method},
                )
                return opened, "registered"
        raise AccountExists(provider_sign_in.provider_name)


async def _register_with_identity(
    session: TimedSession, provider_sign_in: ProviderSignIn, email: str
) -> UUID | None:
    """Register an account with an identity and return its ID, or None if the address is taken or a parallel request was
    first."""
    async with session.begin_nested() as attempt:
        account_id = await create_verified_account(
            session, provider_sign_in.profile.suggested_name, email
        )
        if account_id is None or not await queries.insert_identity_unless_taken(
            session, account_id, provider_sign_in
        ):
            await attempt.rollback()
            return None
    return account_id
