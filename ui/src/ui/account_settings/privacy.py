"""Settings page of privacy: the data export, the security log and the account's deletion."""

from typing import Any, ClassVar, Final

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Stream
from litestar.status_codes import HTTP_200_OK

from contracts.auth.privacy import AccountDeletion
from contracts.auth.problems import AuthCode
from transcendence_common.identity import Player
from ui.account_settings.forms import UNTOUCHED_FORM, FormState, form_with_errors, refused_form
from ui.account_settings.pages import SettingsPage, redirect_with_notice
from ui.account_settings.security_events import ShownSecurityEvent, shown_security_events
from ui.caching import NO_STORE
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.clients.streams import StreamsClient
from ui.links import urls
from ui.pages import PageRequest, render
from ui.session.state import session_of

EVENTS_PER_PAGE: Final = 20


class DeletionForm(msgspec.Struct, frozen=True):
    username: str = ""
    password: str = ""


class PrivacySettingsPage(SettingsPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "settings/privacy.html"
    parts: ClassVar[tuple[str, ...]] = ("more_events",)

    section: str = "privacy"
    has_password: bool = True
    events: list[ShownSecurityEvent] | None = None
    """None if auth is unavailable."""
    next_cursor: str | None = None
    continued: bool = False
    """Whether this is a later page than the first."""
    problem: str = ""
    deletion: FormState = UNTOUCHED_FORM


@get("/settings/privacy")
async def show_privacy_settings(
    request: PageRequest,
    auth: NamedDependency[AuthClient],
    cursor: FromQuery[str | None] = None,
) -> Response[Any]:
    return render(request, await _load_page(request, auth, cursor=cursor))


# A POST, because it writes to the security log and emails the owner: a link on another site must not cause that.
@post("/settings/export", status_code=HTTP_200_OK)
async def export_data(
    request: PageRequest,
    auth: NamedDependency[AuthClient],
    streams: NamedDependency[StreamsClient],
) -> Response[Any]:
    try:
        answer = await streams.open_export(session_of(request).required_access_token())
    except (BackendDown, Refused) as error:
        if isinstance(error, Refused) and error.code == AuthCode.CONFIRMATION_REQUIRED:
            # Back to the page, because a download leaves the browser where it was.
            return Redirect(urls.confirm_and_return(urls.settings_privacy), status_code=303)
        wrong = _export_form_state(error)
        page = await _load_page(request, auth, problem=wrong.problem)
        return render(request, page, status=wrong.status)
    headers = {
        # A fixed name, because a player's name may contain characters that a header cannot.
        "Content-Disposition": 'attachment; filename="transcendence.json"',
        **NO_STORE,
    }
    return Stream(answer.aiter_bytes(), media_type="application/json", headers=headers)


@post("/settings/privacy/delete")
async def delete_account(
    request: PageRequest,
    data: URLEncodedBody[DeletionForm],
    player: NamedDependency[Player],
    auth: NamedDependency[AuthClient],
) -> Response[Any]:
    form = form_with_errors(
        {
            "username": ""
            if _is_name_of(player, data.username)
            else "Enter your player name exactly as shown."
        },
        username=data.username,
    )
    session = session_of(request)
    if form is None:
        try:
            await auth.delete_account(
                AccountDeletion(data.password or None), session.required_access_token()
            )
        except (BackendDown, Refused) as error:
            form = refused_form(error, username=data.username)
        else:
            session.end_session()
            return redirect_with_notice(request, urls.landing, "account_deleted")
    page = await _load_page(request, auth, deletion=form)
    return render(request, page, status=form.status)


def _is_name_of(player: Player, typed: str) -> bool:
    return typed.strip().removeprefix("@").casefold() == player.name.casefold()


def _export_form_state(error: BackendDown | Refused) -> FormState:
    """Return the form's state after a failed export; an incomplete export would look complete."""
    wrong = refused_form(error)
    if isinstance(error, BackendDown) and error.problem.code == AuthCode.EXPORT_INCOMPLETE:
        return FormState(status=wrong.status, problem=error.problem.detail)
    return wrong


async def _load_page(
    request: PageRequest,
    auth: AuthClient,
    *,
    cursor: str | None = None,
    problem: str = "",
    deletion: FormState = UNTOUCHED_FORM,
) -> PrivacySettingsPage:
    token = session_of(request).required_access_token()
    try:
        account = await auth.own_account(token)
        found = await auth.security_events(token, limit=EVENTS_PER_PAGE, cursor=cursor)
    except BackendDown:
        if not (problem or deletion.status != UNTOUCHED_FORM.status):
            raise
        return PrivacySettingsPage(problem=problem, deletion=deletion)
    return PrivacySettingsPage(
        has_password=account.has_password,
        events=shown_security_events(found.items),
        next_cursor=found.next_cursor,
        continued=cursor is not None,
        problem=problem,
        deletion=deletion,
    )
