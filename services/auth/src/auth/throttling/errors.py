"""Errors of throttling."""

from datetime import timedelta
from math import ceil

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Problem


class TooManyAttempts(Problem):
    """There were too many attempts; the error states how long to wait."""

    code = AuthCode.TOO_MANY_ATTEMPTS
    status = 429
    title_text = "Too many attempts"

    def __init__(self, wait: timedelta) -> None:
        seconds = max(1, ceil(wait.total_seconds()))
        super().__init__(
            f"Too many attempts. Wait {seconds} s, then try again.",
            headers={"Retry-After": str(seconds)},
        )
