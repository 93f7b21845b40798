"""Creates second-factor challenges of sign-ins, and counts their answers."""

from datetime import datetime, timedelta
from uuid import UUID

from advanced_alchemy.config import SQLAlchemyAsyncConfig
from sqlalchemy.ext.asyncio import AsyncSession

from auth.sessions.models import SignInChallenge
from auth.sessions.refresh_tokens import new_random_token, token_digest
from auth.throttling.service import count_attempt_in
from auth.two_factor import queries
from auth.two_factor.check import code_limit_of
from auth.two_factor.errors import ChallengeOver
from auth.two_factor.queries import CountedChallenge
from contracts.auth.sessions import SecondFactorChallenge
from transcendence_common.caller import Caller
from transcendence_common.clock import Clock
from transcendence_common.database import TimedSession, session_at

CHALLENGE_LIFETIME = timedelta(minutes=5)
"""Lifetime of a challenge: time to find the phone and wait for the next code."""


class Challenges:
    """Implements the second factor for `auth.sign_in.completion`."""

    def __init__(self, db: SQLAlchemyAsyncConfig, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def is_enabled(self, session: AsyncSession, account_id: UUID) -> bool:
        """Tell whether two-factor authentication is enabled for the account."""
        return await queries.is_enabled(session, account_id)

    async def start_challenge(
        self, session: TimedSession, account_id: UUID, method: str
    ) -> SecondFactorChallenge:
        """Start a challenge; only the client that receives its token can answer it."""
        token = new_random_token()
        session.add(
            SignInChallenge(
                digest=token_digest(token),
                account_id=account_id,
                method=method,
                expires_at=session.now + CHALLENGE_LIFETIME,
            )
        )
        await session.flush()
        return SecondFactorChallenge(
            challenge=token, expires_in=int(CHALLENGE_LIFETIME.total_seconds())
        )

    async def count_answer(self, token: str, caller: Caller, now: datetime) -> CountedChallenge:
        """Count an answer, in its own transaction and before it is checked, so that fifty parallel answers are fifty
        guesses.

        Raises:
            ChallengeOver: the challenge accepts no answers.
            TooManyAttempts: too many guesses over all challenges of the account; the challenge has not counted this
                one.
        """
        async with session_at(self._db, now) as session:
            attempted = await queries.count_answer(session, token_digest(token))
            if attempted is None:
                raise ChallengeOver
            limit = await code_limit_of(session, attempted.account_id, caller)
            await count_attempt_in(session, limit)
        return attempted

    async def forget_expired(self) -> None:
        async with session_at(self._db, self._clock()) as session:
            await queries.delete_expired_challenges(session)
