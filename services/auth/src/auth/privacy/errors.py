"""What can go wrong with leaving, and with taking one's data along."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Unavailable


class ExportIncomplete(Unavailable):
    """A part of it cannot be had now; half of it would look like the whole."""

    code = AuthCode.EXPORT_INCOMPLETE
    title_text = "Not all data is available right now"

    def __init__(self, service: str) -> None:
        super().__init__(f"The data of {service} is unavailable right now. Try again later.")
