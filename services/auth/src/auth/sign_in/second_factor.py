"""Second step of a sign-in: the second factor."""

from datetime import datetime
from uuid import UUID

from auth.account_events import SECOND_FACTOR_FAILED, AccountEvents
from auth.accounts import queries as accounts
from auth.events import log_authentication
from auth.sessions.metrics import (
    CHALLENGE_OVER,
    SUCCESS,
    THROTTLED,
    WRONG_CODE,
    count_sign_in,
)
from auth.sessions.refresh_tokens import token_digest
from auth.sign_in.completion import SignInCompletion
from auth.throttling import counting
from auth.throttling.errors import TooManyAttempts
from auth.two_factor import queries
from auth.two_factor.challenges import Challenges
from auth.two_factor.check import SecondFactorCheck, code_limit_of, read_code
from auth.two_factor.errors import ChallengeOver, WrongSignInCode
from auth.two_factor.queries import CountedChallenge
from contracts.auth.sessions import Tokens
from contracts.auth.two_factor import SecondFactorAnswer
from transcendence_common.caller import Caller
from transcendence_common.database import TimedSession


class TwoFactorSignIn:
    """Verifies the answer to a second-factor challenge."""

    def __init__(
        self,
        challenges: Challenges,
        check: SecondFactorCheck,
        events: AccountEvents,
        completion: SignInCompletion,
    ) -> None:
        self._challenges = challenges
        self._check = check
        self._events = events
        self._completion = completion

    async def sign_in(
        self, session: TimedSession, answer: SecondFactorAnswer, caller: Caller
    ) -> Tokens:
        """Complete a sign-in whose first factor was verified before.

        Raises:
            NotACode: the code is malformed.
            ChallengeOver: the challenge accepts no more answers, or this was the last one.
            TooManyAttempts: too many wrong codes over all challenges.
            WrongSignInCode: the code is wrong, or was used before.
        """
        code = read_code(answer.code)
        attempted = await self._count_answer(answer.challenge, caller, session.now)
        account_id = attempted.account_id
        if not await self._check.use_code(account_id, code, caller, session.now):
            count_sign_in("two_factor", WRONG_CODE)
            await self._events.record_failure(
                SECOND_FACTOR_FAILED,
                account_id,
                caller,
                session.now,
                method="two_factor",
                reason=WRONG_CODE,
                detail={"method": attempted.method},
            )
            raise (
                WrongSignInCode(attempted.attempts_left)
                if attempted.attempts_left
                else ChallengeOver
            )
        # The account is locked before the challenge: the same order as in code that ends all challenges of an account.
        await accounts.lock_account(session, account_id)
        if not await queries.use_up_challenge(session, token_digest(answer.challenge)):
            _log_failed_answer(CHALLENGE_OVER, caller, account_id)
            raise ChallengeOver
        await counting.reset_count(session, await code_limit_of(session, account_id, caller))
        tokens = await self._completion.begin_session(
            session, account_id, caller, method=attempted.method
        )
        count_sign_in("two_factor", SUCCESS)
        return tokens

    async def _count_answer(
        self, challenge: str, caller: Caller, now: datetime
    ) -> CountedChallenge:
        try:
            return await self._challenges.count_answer(challenge, caller, now)
        except ChallengeOver:
            _log_failed_answer(CHALLENGE_OVER, caller)
            raise
        except TooManyAttempts:
            _log_failed_answer(THROTTLED, caller)
            raise


def _log_failed_answer(reason: str, caller: Caller, account_id: UUID | None = None) -> None:
    count_sign_in("two_factor", reason)
    log_authentication("user-login", account_id, caller, method="two_factor", reason=reason)
