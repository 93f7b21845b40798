from datetime import datetime
from uuid import UUID

import structlog
from advanced_alchemy.config import SQLAlchemyAsyncConfig

from auth.accounts import queries as accounts
from auth.accounts.identity import Identity
from auth.events import client_address_field
from auth.security_log import actions
from auth.security_log.record import record_action
from auth.sessions import queries
from auth.sessions.access_tokens import AccessTokenIssuer
from auth.sessions.errors import SessionOver
from auth.sessions.live import SignedIn, lock_open_session
from auth.sessions.models import REUSED, SIGNED_OUT, RefreshToken, Session
from auth.sessions.queries import SessionIds
from auth.sessions.refresh_tokens import derive_successor, new_random_token, token_digest
from auth.sessions.renewal import PresentedToken, RenewalVerdict, expiry_after_renewal, judge_token
from auth.signing_keys.rotation import TOKEN_LIFETIME
from contracts.auth.sessions import Tokens
from transcendence_common.caller import Caller
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at
from transcendence_common.identity import Player
from transcendence_common.ids import new_id
from transcendence_common.problems import NotSignedIn

LOOKUP_ATTEMPTS = 2
"""Times a token is looked up. If another request uses it or ends its session after the first look-up, the second leads
to another verdict."""

logger = structlog.get_logger("auth.sessions")


class Sessions:
    """Begins, renews and ends sessions."""

    def __init__(
        self, db: SQLAlchemyAsyncConfig, issuer: AccessTokenIssuer, *, secret: str, clock: Clock
    ) -> None:
        self._db = db
        self._issuer = issuer
        self._secret = secret.encode()
        self._clock = clock

    async def begin_session(
        self,
        session: TimedSession,
        identity: Identity,
        caller: Caller,
        *,
        device_id: UUID | None = None,
    ) -> Tokens:
        """Begin a session for an authenticated player. Only `auth.sign_in.completion` calls this."""
        session_id, token = new_id(), new_random_token()
        session.add(
            Session(
                id=session_id,
                account_id=identity.account_id,
                generation=0,
                device_id=device_id,
                user_agent=caller.user_agent,
                address=caller.address,
                created_at=session.now,
                confirmed_at=session.now,
                renewed_at=session.now,
                expires_at=expiry_after_renewal(session.now, session.now),
            )
        )
        # Flushed first, because the token's row refers to the session, and without a relationship the unit of work does
        # not order them.
        await session.flush()
        session.add(
            RefreshToken(
                digest=token_digest(token),
                session_id=session_id,
                generation=0,
                created_at=session.now,
            )
        )
        await session.flush()
        return self._tokens_for(identity, session_id, token, session.now)

    async def renew_session(self, token: str, caller: Caller, now: datetime) -> Tokens:
        """Exchange a refresh token for the next tokens.

        This runs in its own transaction, because the end of a session after token reuse must persist although the
        request fails.

        Raises:
            SessionOver: the token is unknown, was used before, or its session has ended.
        """
        async with session_at(self._db, now) as session:
            tokens = await self._next_tokens(session, token, caller)
        if tokens is None:
            raise SessionOver
        return tokens

    async def end_session(
        self, session: TimedSession, player: Player | None, token: str | None, caller: Caller
    ) -> None:
        """End the session that a refresh token or, without one, an access token belongs to.

        An unknown or old token is no error, so that signing out twice is harmless.

        Raises:
            NotSignedIn: the request has neither token.
        """
        if token is not None:
            named = await queries.find_session_of_token(session, token_digest(token))
        elif player is not None:
            named = SessionIds(player.id, player.session_id)
        else:
            raise NotSignedIn("Send the refresh token, or the access token, of the session to end.")
        if named is not None and await queries.end_session(session, named, SIGNED_OUT):
            await record_action(session, named.account_id, actions.SIGNED_OUT, caller)
            log_session_ended(named.account_id, named.session_id, SIGNED_OUT, caller)

    async def end_all_sessions(
        self,
        session: TimedSession,
        account_id: UUID,
        reason: str,
        *,
        except_session_id: UUID | None = None,
    ) -> int:
        """End every session of an account, or all but one; return how many. The account is locked, so no session begins
        in the meantime."""
        await accounts.lock_account(session, account_id)
        ended = await queries.end_all_sessions(session, account_id, reason, except_session_id)
        if ended:
            _log_all_ended(account_id, reason, ended)
        return ended

    async def confirm_session(self, session: TimedSession, person: SignedIn) -> None:
        """Mark a session as confirmed from now on, after a reauthentication.

        Raises:
            SessionOver: the session was ended in the meantime.
        """
        await lock_open_session(session, person)
        await queries.mark_confirmed(session, person.session_id)

    async def forget_expired(self) -> None:
        deleted = queries.DELETED_AT_ONCE
        while deleted == queries.DELETED_AT_ONCE:
            async with session_at(self._db, self._clock()) as session:
                deleted = await queries.delete_expired_sessions(session)

    async def _next_tokens(
        self, session: TimedSession, token: str, caller: Caller
    ) -> Tokens | None:
        for _ in range(LOOKUP_ATTEMPTS):
            shown = await queries.find_presented_token(session, token_digest(token))
            if shown is None:
                _log_not_renewed("unknown_token", caller)
                return None
            match judge_token(shown, session.now):
                case RenewalVerdict.OVER:
                    _log_not_renewed("session_over", caller, shown)
                    return None
                case RenewalVerdict.REUSED:
                    await _end_session_of_reused_token(session, shown, caller)
                    return None
                case RenewalVerdict.REPEAT:
                    steps = shown.newest_generation - shown.generation
                    newest = derive_successor(token, self._secret, steps)
                    return self._tokens_for(shown.identity, shown.session_id, newest, session.now)
                case RenewalVerdict.ROTATE:
                    following = derive_successor(token, self._secret)
                    if await queries.store_next_token(
                        session, shown, token_digest(following), caller
                    ):
                        _log_renewed(shown)
                        return self._tokens_for(
                            shown.identity, shown.session_id, following, session.now
                        )
        return None

    def _tokens_for(
        self, identity: Identity, session_id: UUID, refresh_token: str, now: datetime
    ) -> Tokens:
        return Tokens(
            access_token=self._issuer.sign(identity, session_id, now),
            refresh_token=refresh_token,
            token_type="Bearer",  # noqa: S106 - a scheme
            expires_in=int(TOKEN_LIFETIME.total_seconds()),
        )


async def _end_session_of_reused_token(
    session: TimedSession, shown: PresentedToken, caller: Caller
) -> None:
    named = SessionIds(shown.identity.account_id, shown.session_id)
    if not await queries.end_session(session, named, REUSED):
        return
    await record_action(session, shown.identity.account_id, actions.TOKEN_REUSED, caller)
    logger.warning(
        "refresh token used again",
        **{
            "event.action": "session-reuse-detected",
            "event.category": ["authentication", "session"],
            "event.type": ["end"],
            "event.outcome": "failure",
            "event.reason": "used_again",
            **_session_field(shown),
            **client_address_field(caller),
        },
    )


def _log_renewed(shown: PresentedToken) -> None:
    logger.info(
        "session renewed",
        **{
            "event.action": "session-renew",
            "event.category": ["session"],
            "event.type": ["info"],
            "event.outcome": "success",
            **_session_field(shown),
        },
    )


def _log_not_renewed(reason: str, caller: Caller, shown: PresentedToken | None = None) -> None:
    logger.info(
        "session not renewed",
        **{
            "event.action": "session-renew",
            "event.category": ["session"],
            "event.type": ["info"],
            "event.outcome": "failure",
            "event.reason": reason,
            **(_session_field(shown) if shown else {}),
            **client_address_field(caller),
        },
    )


def _session_field(shown: PresentedToken) -> dict[str, str]:
    return {
        "user.id": str(shown.identity.account_id),
        "labels.session_id": str(shown.session_id),
    }


def log_session_ended(account_id: UUID, session_id: UUID, reason: str, caller: Caller) -> None:
    logger.info(
        "session ended",
        **{
            "event.action": "session-end",
            "event.category": ["session"],
            "event.type": ["end"],
            "event.outcome": "success",
            "event.reason": reason,
            "user.id": str(account_id),
            "labels.session_id": str(session_id),
            **client_address_field(caller),
        },
    )


def _log_all_ended(account_id: UUID, reason: str, count: int) -> None:
    logger.info(
        "sessions ended",
        **{
            "event.action": "sessions-end",
            "event.category": ["session"],
            "event.type": ["end"],
            "event.outcome": "success",
            "event.reason": reason,
            "user.id": str(account_id),
            "transcendence.count": count,
        },
    )
