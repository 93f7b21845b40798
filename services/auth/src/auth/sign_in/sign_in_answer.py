"""The HTTP answer to a sign-in: tokens, or a challenge for the second factor."""

from litestar import Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from contracts.auth.sessions import SecondFactorChallenge, Tokens

CHALLENGE_RESPONSE = {
    HTTP_202_ACCEPTED: ResponseSpec(
        SecondFactorChallenge, description="a second factor is asked for", generate_examples=False
    )
}
"""`responses` of a handler that returns `sign_in_answer(…)`, in addition to its problems."""


def sign_in_answer(
    outcome: Tokens | SecondFactorChallenge,
) -> Response[Tokens | SecondFactorChallenge]:
    """Answer 200 with tokens, or 202 with a challenge. Neither may be cached."""
    status = HTTP_202_ACCEPTED if isinstance(outcome, SecondFactorChallenge) else HTTP_200_OK
    return Response(outcome, status_code=status, headers={"Cache-Control": "no-store"})
