"""Why a service gets no token."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Forbidden, Problem

BASIC_CHALLENGE = {"WWW-Authenticate": 'Basic realm="services"'}


class UnknownClient(Problem):
    """The same words for a name that no service has and for a wrong secret."""

    code = AuthCode.UNKNOWN_CLIENT
    status = 401
    title_text = "Not one of our services"

    def __init__(self) -> None:
        super().__init__(
            "This needs the name and the secret of a service, as HTTP Basic.",
            headers=BASIC_CHALLENGE,
        )


class AudienceRefused(Forbidden):
    """A service that this one has no business with, or none at all."""

    code = AuthCode.AUDIENCE_REFUSED

    def __init__(self, audience: str) -> None:
        super().__init__(f"This service does not call {audience}.")
