"""Errors of data export and account deletion."""

from contracts.auth.problems import AuthCode
from transcendence_common.problems import Unavailable


class ExportIncomplete(Unavailable):
    """A part of the export is unavailable; an incomplete export would look complete."""

    code = AuthCode.EXPORT_INCOMPLETE
    title_text = "Not all data is available right now"

    def __init__(self, service: str) -> None:
        super().__init__(f"The data of {service} is unavailable right now. Try again later.")
