"""Errors of requests for service tokens."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Forbidden, Problem

BASIC_CHALLENGE = {"WWW-Authenticate": 'Basic realm="services"'}


class UnknownClient(Problem):
    """The name or the secret is wrong; the text is the same for both."""

    code = AuthCode.UNKNOWN_CLIENT
    status = 401
    title_text = "Not one of our services"

    def __init__(self) -> None:
        super().__init__(
            "This needs the name and the secret of a service, as HTTP Basic.",
            headers=BASIC_CHALLENGE,
        )


class AudienceRefused(Forbidden):
    """The requested service does not exist, or the client may not call it."""

    code = AuthCode.AUDIENCE_REFUSED

    def __init__(self, audience: str) -> None:
        super().__init__(f"This service does not call {audience}.")
