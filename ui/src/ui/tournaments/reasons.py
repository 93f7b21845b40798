"""The form for the reason of an organiser's action, which is public."""

import msgspec

from contracts.tournament.tournaments import LONGEST_REASON
from ui.account_settings.forms import FormState


class ReasonForm(msgspec.Struct, frozen=True):
    """The form of an action that needs only a reason: a cancellation or a disqualification."""

    reason: str = ""

    def stripped_reason(self) -> str:
        return " ".join(self.reason.split())


def problem_with_reason(form: ReasonForm) -> FormState | None:
    if not form.stripped_reason():
        return _form_with_problem(
            form, "Give a reason. Everyone who can see the tournament can read it."
        )
    if len(form.stripped_reason()) > LONGEST_REASON:
        return _form_with_problem(form, f"Use at most {LONGEST_REASON} characters.")
    return None


def _form_with_problem(form: ReasonForm, words: str) -> FormState:
    return FormState(status=400, values={"reason": form.reason}, errors={"reason": words})
