"""Metrics of sign-ins."""

from collections.abc import Mapping
from typing import Literal

from prometheus_client import Counter

SUCCESS = "success"
CHALLENGED = "challenged"
WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a result
UNKNOWN_ACCOUNT = "unknown_account"
REFUSED = "refused"
PROVIDER_FAILED = "provider_failed"
WRONG_CODE = "wrong_code"
CHALLENGE_OVER = "challenge_over"
THROTTLED = "throttled"
BUSY = "busy"

SignInMethod = Literal["password", "passkey", "oauth", "two_factor"]
"""Sign-in methods. `two_factor` is the second step of one of the others, which was counted as `challenged`: such a
sign-in is counted twice."""

RESULTS_BY_METHOD: Mapping[SignInMethod, tuple[str, ...]] = {
    "password": (SUCCESS, CHALLENGED, WRONG_PASSWORD, UNKNOWN_ACCOUNT, THROTTLED, BUSY),
    "passkey": (SUCCESS, REFUSED, THROTTLED),
    "oauth": (SUCCESS, CHALLENGED, REFUSED, PROVIDER_FAILED, THROTTLED),
    "two_factor": (SUCCESS, WRONG_CODE, CHALLENGE_OVER, THROTTLED),
}

SIGN_INS = Counter(
    "auth_sign_ins", "Attempts to sign in, by way and how they ended", ["way", "result"]
)
# Create every series at 0: a rate misses the first event of a series that begins with it.
for _way, _results in RESULTS_BY_METHOD.items():
    for _result in _results:
        SIGN_INS.labels(_way, _result)


def count_sign_in(way: SignInMethod, result: str) -> None:
    SIGN_INS.labels(way, result).inc()
