"""What an identity at a provider opens: signing in, opening an account, confirming, and being linked or unlinked."""

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
    Owner,
    owner_of,
)
from auth.oauth import queries
from auth.oauth.arrivals import Arrival
from auth.oauth.errors import (
    AccountExists,
    AlreadyLinked,
    EmailUnverified,
    IdentityTaken,
    NoSuchIdentity,
    OAuthRefused,
)
from auth.oauth.newcomers import open_account
from auth.oauth.providers.configured import NAMES
from auth.security_log import actions
from auth.security_log.record import SecurityLog
from auth.sessions.errors import WrongCredentials
from auth.sessions.live import SignedIn, hold_open
from auth.sessions.service import Sessions
from auth.sign_in.admission import Admission
from auth.sign_in_methods.service import keep_a_way_in
from contracts.auth.oauth import LinkedIdentity, Outcome
from contracts.auth.sessions import Challenge, Tokens
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession

LOOKS: Final = 2
"""For an identity: where another request makes it after the first, the second finds it."""


class Identities:
    """Nobody is let in, and nothing is linked, by an address alone: only by who somebody is at the provider."""

    def __init__(
        self,
        *,
        db: SQLAlchemyAsyncConfig,
        admission: Admission,
        sessions: Sessions,
        security_log: SecurityLog,
        events: AccountEvents,
    ) -> None:
        self._db = db
        self._admission = admission
        self._sessions = sessions
        self._security_log = security_log
        self._events = events

    async def sign_in(
        self, session: TimedSession, arrival: Arrival
    ) -> tuple[Outcome, Tokens | Challenge]:
        """Let somebody into the account that their identity opens; a new one where nobody has it yet.

        Raises:
            EmailUnverified: nobody has it, and there is no address to register with.
            AccountExists: nobody has it, and the address is a verified account's.
            OAuthRefused: the account is gone meanwhile.
        """
        account_id, outcome = await self._account_of(session, arrival)
        try:
            admitted = await self._admission.admit(
                session, account_id, arrival.caller, method=arrival.method
            )
        except WrongCredentials:
            raise OAuthRefused from None
        return "two_factor" if isinstance(admitted, Challenge) else outcome, admitted

    async def confirm(self, session: TimedSession, person: SignedIn, arrival: Arrival) -> None:
        """Count a session as confirmed by an identity of its person.

        Raises:
            OAuthRefused: it is not theirs.
            SessionOver: it was ended meanwhile.
        """
        # A session of its own, closed again: what is refused is written down on another connection.
        async with self._db.get_session() as looking:
            owner = await queries.find_owner(looking, arrival)
        detail = {"method": arrival.method}
        if owner != person.account_id:
            await self._security_log.record_alone(
                person.account_id,
                actions.CONFIRMATION_FAILED,
                arrival.caller,
                session.now,
                **detail,
            )
            raise OAuthRefused
        await self._sessions.confirm(session, person)
        await self._events.happened(
            session,
            CONFIRMED,
            owner_of(person),
            arrival.caller,
            method=arrival.method,
            detail=detail,
        )

    async def link(self, session: TimedSession, person: SignedIn, arrival: Arrival) -> None:
        """Let an identity open the account of whoever is signed in.

        Raises:
            SessionOver: it was ended while the provider was asked, perhaps by an owner who locks somebody else out.
            IdentityTaken: it opens another account.
            AlreadyLinked: the account has one of this provider.
        """
        await hold_open(session, person)
        if not await queries.insert_identity_unless_taken(session, person.account_id, arrival):
            if await queries.find_owner(session, arrival) in {None, person.account_id}:
                raise AlreadyLinked(arrival.provider_name)
            raise IdentityTaken(arrival.provider_name)
        await self._events.happened(
            session,
            IDENTITY_LINKED,
            owner_of(person),
            arrival.caller,
            provider=arrival.provider,
            mail_detail=arrival.provider_name,
            detail={"provider": arrival.provider_name},
        )

    async def unlink(
        self, session: TimedSession, person: SignedIn, provider: str, caller: Caller
    ) -> None:
        """Forget who somebody is at a provider.

        Raises:
            NoSuchIdentity: it is not linked.
            LastWayIn: there would be no way in without it.
            SessionOver: the session was ended meanwhile.
        """
        name = NAMES.get(provider)
        await hold_open(session, person)
        if name is None or not await queries.delete_identity(session, person.account_id, provider):
            raise NoSuchIdentity
        await keep_a_way_in(session, person.account_id)
        await self._events.happened(
            session,
            IDENTITY_UNLINKED,
            owner_of(person),
            caller,
            provider=provider,
            mail_detail=name,
            detail={"provider": name},
        )

    async def all_of(self, session: AsyncSession, person: SignedIn) -> list[LinkedIdentity]:
        found = await queries.list_identities(session, person.account_id)
        return [
            LinkedIdentity(each.provider, NAMES[each.provider], each.label, each.linked_at)
            for each in found
        ]

    async def _account_of(self, session: TimedSession, arrival: Arrival) -> tuple[UUID, Outcome]:
        for _ in range(LOOKS):
            known = await queries.find_owner(session, arrival)
            if known is not None:
                return known, "signed_in"
            if arrival.profile.verified_email is None:
                raise EmailUnverified(arrival.provider_name)
            opened = await _open_linked(session, arrival, arrival.profile.verified_email)
            if opened is not None:
                await self._events.happened(
                    session,
                    REGISTERED,
                    Owner(opened, arrival.profile.suggested_name, arrival.profile.verified_email),
                    arrival.caller,
                    method=arrival.method,
                    detail={"method": arrival.method},
                )
                return opened, "registered"
        raise AccountExists(arrival.provider_name)


async def _open_linked(session: TimedSession, arrival: Arrival, email: str) -> UUID | None:
    """Open an account for an identity: both, or neither where somebody has the address or was first."""
    async with session.begin_nested() as attempt:
        account_id = await open_account(session, arrival.profile.suggested_name, email)
        if account_id is None or not await queries.insert_identity_unless_taken(
            session, account_id, arrival
        ):
            await attempt.rollback()
            return None
    return account_id
