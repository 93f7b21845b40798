"""What can go wrong with trying too often."""

from datetime import timedelta
from math import ceil

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Problem


class TooManyAttempts(Problem):
    """Tried too often; the wait is told, and ends."""

    code = AuthCode.TOO_MANY_ATTEMPTS
    status = 429
    title_text = "Too many attempts"

    def __init__(self, wait: timedelta) -> None:
        seconds = max(1, ceil(wait.total_seconds()))
        super().__init__(
            f"Too many attempts. Wait {seconds} s, then try again.",
            headers={"Retry-After": str(seconds)},
        )
