"""Sends browsers to other providers, and handles their return."""

from datetime import datetime, timedelta
from typing import Final

from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth.events import Proof, log_account_event, log_authentication
from auth.oauth import queries
from auth.oauth.errors import NoSuchProvider, OAuthRefused, ProviderDown, ProviderLied
from auth.oauth.identities import Identities
from auth.oauth.metrics import (
    count_refused_sign_in,
    count_refused_visit,
    count_visit,
    create_visit_series,
)
from auth.oauth.models import CONFIRM, LINK, SIGN_IN, Flow
from auth.oauth.provider_sign_in import ProviderSignIn
from auth.oauth.providers.configured import Providers
from auth.oauth.queries import CompletedFlow
from auth.oauth.visits import Visit, derive_visit, flow_digest, is_state_of, new_flow_token
from auth.sessions.errors import ConfirmationRequired
from auth.sessions.live import LiveSessions, SignedIn, lock_open_session
from auth.sessions.metrics import THROTTLED
from auth.throttling import budgets
from auth.throttling.errors import TooManyAttempts
from auth.throttling.service import Throttles
from contracts.auth.oauth import (
    FinishedProviderVisit,
    ProviderVisitEnd,
    ProviderVisitIntent,
    ProviderVisitStart,
    StartedProviderVisit,
)
from contracts.auth.sessions import SecondFactorChallenge
from transcendence_common.caller import Caller
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.identity import Player
from transcendence_common.problems import NotSignedIn, Problem

VISIT_LIFETIME: Final = timedelta(minutes=10)


class OAuth:
    """Begins and completes visits to a provider. No database connection is held during calls to a provider."""

    def __init__(
        self,
        *,
        db: SQLAlchemyAsyncConfig,
        providers: Providers,
        identities: Identities,
        live_sessions: LiveSessions,
        throttles: Throttles,
        public_url: str,
        clock: Clock,
    ) -> None:
        self._db = db
        self._providers = providers
        self._identities = identities
        self._live_sessions = live_sessions
        self._throttles = throttles
        self._public_url = public_url.rstrip("/")
        self._clock = clock
        create_visit_series(each.id for each in providers.provider_details())

    async def start_visit(
        self,
        provider_id: str,
        departure: ProviderVisitStart,
        visitor: Player | None,
        caller: Caller,
        now: datetime,
    ) -> StartedProviderVisit:
        """Begin a visit to a provider.

        Raises:
            NoSuchProvider: the provider is not configured.
            TooManyAttempts: too many visits from this network.
            NotSignedIn, SessionOver, ConfirmationRequired: the visit is about an account, and the session is missing,
            over, or not recently confirmed.
            ProviderDown, ProviderLied: the endpoints must be discovered first, and there is no usable answer.
        """
        provider = self._providers.find_provider(provider_id)
        flow = new_flow_token()
        try:
            await self._throttles.count_attempt(now, budgets.oauth_visits_from(caller.network))
            person = await self._player_for(departure.intent, visitor, now)
            address = await provider.authorization_url(
                self._visit_to(flow, provider.id), deliberate=person is not None
            )
        except (TooManyAttempts, ProviderDown, ProviderLied) as refused:
            count_refused_sign_in(departure.intent, refused)
            _log_refused(provider.id, departure.intent, refused, visitor, caller)
            raise
        await self._store_flow(
            Flow(
                digest=flow_digest(flow),
                provider=provider.id,
                intent=departure.intent,
                session_id=person.session_id if person else None,
                next=departure.next,
                expires_at=now + VISIT_LIFETIME,
            ),
            person,
            now,
        )
        return StartedProviderVisit(address, flow, int(VISIT_LIFETIME.total_seconds()))

    async def finish_visit(
        self,
        session: TimedSession,
        returned: ProviderVisitEnd,
        visitor: Player | None,
        caller: Caller,
    ) -> FinishedProviderVisit:
        """Complete a visit when its browser returns from the provider. It can be completed once, whatever the result.

        Raises:
            OAuthRefused: the visit belongs to another browser, is over, was for another provider, or the provider does
                not know the code.
            SessionOver: the visit is about an account whose session was ended in the meantime.
            EmailUnverified, AccountExists: no account is linked, and none can be registered.
            IdentityTaken, AlreadyLinked: the identity cannot be linked.
            ProviderDown, ProviderLied: there is no usable answer.
        """
        if not returned.code:
            raise _log_invalid_return(caller, "no_code")
        if not is_state_of(returned.flow, returned.state):
            raise _log_invalid_return(caller, "foreign_visit")
        flow = await self._take_flow(returned.flow, visitor, session.now)
        if flow is None:
            raise _log_invalid_return(caller, "visit_over")
        try:
            if flow.provider != returned.provider:
                # If a provider sends its code to another one's return address, the code would be given to that other
                # (RFC 9700, 4.4).
                raise OAuthRefused
            person = (
                None
                if visitor is None or flow.intent == SIGN_IN
                else await self._live_sessions.find_signed_in(visitor, session.now)
            )
            provider_sign_in = await self._provider_sign_in(flow, returned, caller)
            finished = await self._apply_intent(session, flow, person, provider_sign_in)
        except Problem as refused:
            count_refused_visit(flow.provider, flow.intent, refused)
            _log_refused(flow.provider, flow.intent, refused, visitor, caller)
            raise
        count_visit(flow.provider, finished.result)
        return finished

    async def forget_expired(self) -> None:
        async with session_at(self._db, self._clock()) as session:
            await queries.delete_expired_flows(session)

    async def _player_for(
        self, intent: ProviderVisitIntent, visitor: Player | None, now: datetime
    ) -> SignedIn | None:
        if intent == SIGN_IN:
            return None
        if visitor is None:
            raise NotSignedIn
        person = await self._live_sessions.find_signed_in(visitor, now)
        if intent == LINK and not person.is_confirmed(now):
            raise ConfirmationRequired
        return person

    def _visit_to(self, flow: str, provider_id: str) -> Visit:
        return derive_visit(flow, f"{self._public_url}/sign-in/with/{provider_id}/return")

    async def _store_flow(self, flow: Flow, person: SignedIn | None, now: datetime) -> None:
        async with session_at(self._db, now) as session:
            if person is not None:
                await lock_open_session(session, person)
            session.add(flow)

    async def _take_flow(
        self, flow: str, visitor: Player | None, now: datetime
    ) -> CompletedFlow | None:
        """Use the visit up in a transaction of its own, before the code is exchanged and whatever the result."""
        async with session_at(self._db, now) as session:
            return await queries.take_flow(session, flow_digest(flow), visitor)

    async def _provider_sign_in(
        self, flow: CompletedFlow, returned: ProviderVisitEnd, caller: Caller
    ) -> ProviderSignIn:
        try:
            provider = self._providers.find_provider(flow.provider)
        except NoSuchProvider:
            raise OAuthRefused from None
        profile = await provider.fetch_profile(
            returned.code, self._visit_to(returned.flow, provider.id)
        )
        return ProviderSignIn(provider.id, provider.name, profile, caller)

    async def _apply_intent(
        self,
        session: TimedSession,
        flow: CompletedFlow,
        person: SignedIn | None,
        provider_sign_in: ProviderSignIn,
    ) -> FinishedProviderVisit:
        if person is None:
            outcome, sign_in_answer = await self._identities.sign_in(session, provider_sign_in)
            if isinstance(sign_in_answer, SecondFactorChallenge):
                return FinishedProviderVisit(outcome, flow.next, challenge=sign_in_answer)
            return FinishedProviderVisit(outcome, flow.next, tokens=sign_in_answer)
        if flow.intent == CONFIRM:
            await self._identities.confirm_session(session, person, provider_sign_in)
            return FinishedProviderVisit("confirmed", flow.next)
        await self._identities.link_identity(session, person, provider_sign_in)
        return FinishedProviderVisit("linked", flow.next)


def _log_refused(
    provider: str, intent: str, refused: Problem, visitor: Player | None, caller: Caller
) -> None:
    account_id = visitor.id if visitor else None
    reason = THROTTLED if isinstance(refused, TooManyAttempts) else refused.code
    if intent == LINK:
        log_account_event("identity-link", account_id, caller, reason=reason, provider=provider)
        return
    action: Proof = "user-login" if intent == SIGN_IN else "user-confirm"
    log_authentication(action, account_id, caller, method=f"oauth:{provider}", reason=reason)


def _log_invalid_return(caller: Caller, reason: str) -> OAuthRefused:
    """Log a return without a valid visit, and return the exception to raise. It is logged as a failed sign-in, which it
    most likely was, and without the provider, whose name is unproven."""
    log_authentication("user-login", None, caller, method="oauth", reason=reason)
    return OAuthRefused()
