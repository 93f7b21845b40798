"""Pages behind email links. Opening one changes nothing, because mail programs open links too; its button does."""

from http import HTTPStatus
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from contracts.auth.problems import AuthCode
from transcendence_common.identity import Player
from ui.accounts.pages import (
    NO_STORE,
    LinkForm,
    ReturnForm,
    VerificationPage,
    VerifiedPage,
    VerifyPage,
)
from ui.accounts.problem_page import (
    HOME_PAGE_LINK,
    LOBBY_LINK,
    ProblemLink,
    ProblemPage,
    link_error_code,
)
from ui.accounts.sign_in_completion import renew_session_now, safe_path_or_lobby, see_other
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.flash import set_notice
from ui.form_size import MAX_FORM_BYTES
from ui.links import urls
from ui.pages import VERIFIED_ROLE, PageRequest, render
from ui.session.state import session_of


@get("/verify")
async def show_verify(
    request: PageRequest, auth: NamedDependency[AuthClient], token: FromQuery[str] = ""
) -> Template:
    """Show the button for a link's token; without a token, show the state of the player's own address."""
    if not token:
        account = await auth.own_account(session_of(request).required_access_token())
        page = VerificationPage(
            email=account.email, verified=account.email_verified, expires_at=account.expires_at
        )
        return render(request, page)
    return render(
        request,
        VerifyPage(
            token=token,
            action=urls.verify,
            heading="Verify your address",
            sentence="Press the button to verify this address. The email names the account: press only if you "
            "created that account.",
            button="Verify my address",
        ),
        headers=NO_STORE,
    )


@post("/verify", request_max_body_size=MAX_FORM_BYTES)
async def verify_email(
    request: PageRequest, data: URLEncodedBody[LinkForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    try:
        account = await auth.verify_email(data.token)
    except Refused as refused:
        return _show_link_error(request, refused)
    return await _show_verified(request, auth, account.username, "email_verified")


@post("/verify/resend", request_max_body_size=MAX_FORM_BYTES)
async def send_verification_again(
    request: PageRequest, data: URLEncodedBody[ReturnForm], auth: NamedDependency[AuthClient]
) -> Redirect:
    session = session_of(request)
    try:
        await auth.send_verification_again(session.required_access_token())
        set_notice(session, "verification_sent")
    except BackendDown:
        set_notice(session, "verification_failed")
    except Refused as refused:
        if refused.code == AuthCode.EMAIL_VERIFIED:
            await renew_session_now(request, auth)
            set_notice(session, "email_verified_already")
        elif refused.status == HTTPStatus.TOO_MANY_REQUESTS:
            set_notice(session, "verification_limited")
        else:
            raise
    return see_other(safe_path_or_lobby(data.next))


@get("/confirm-email")
async def show_confirm_email(request: PageRequest, token: FromQuery[str] = "") -> Template:
    if not token:
        return _show_link_problem(
            request, AuthCode.LINK_UNKNOWN, HTTPStatus.NOT_FOUND, changing=True
        )
    return render(
        request,
        VerifyPage(
            token=token,
            action=urls.confirm_email,
            heading="Use this address",
            sentence="We’ll send all emails for your account to this address, and none to the old one.",
            button="Use this address",
        ),
        headers=NO_STORE,
    )


@post("/confirm-email", request_max_body_size=MAX_FORM_BYTES)
async def confirm_email(
    request: PageRequest, data: URLEncodedBody[LinkForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    try:
        account = await auth.confirm_email(data.token)
    except Refused as refused:
        return _show_link_error(request, refused, changing=True)
    return await _show_verified(request, auth, account.username, "email_changed")


async def _show_verified(
    request: PageRequest, auth: AuthClient, username: str, notice: str
) -> Response[Any]:
    """Go to the lobby if this browser is signed in to the verified account; otherwise show the account's name and how
    to continue."""
    session = session_of(request)
    if session.player is None or session.player.name != username:
        return render(request, VerifiedPage(username=username), headers=NO_STORE)
    set_notice(session, notice)
    await renew_session_now(request, auth)
    return see_other(urls.lobby)


def _show_link_error(request: PageRequest, refused: Refused, *, changing: bool = False) -> Template:
    code = link_error_code(refused)
    if code not in LINK_PROBLEM_TEXTS:
        raise refused
    return _show_link_problem(request, code, refused.status, changing=changing)


def _show_link_problem(request: PageRequest, code: str, status: int, *, changing: bool) -> Template:
    player = session_of(request).player
    heading, sentence = LINK_PROBLEM_TEXTS[code]
    if code == AuthCode.LINK_OVER and player and VERIFIED_ROLE in player.roles and not changing:
        sentence = USED_BY_YOU
    page = ProblemPage(
        heading=heading, sentence=sentence, ways=_links_after_problem(player, changing=changing)
    )
    return render(request, page, status=status)


def _links_after_problem(player: Player | None, *, changing: bool) -> tuple[ProblemLink, ...]:
    if changing:
        # Only the account itself can request the change again, in its settings.
        label = "Back to your settings" if player else "Sign in to try again"
        return ProblemLink(label, urls.settings_account), HOME_PAGE_LINK
    if player is None:
        return ProblemLink(
            "Sign in for a new link", urls.sign_in_and_return(urls.verify)
        ), HOME_PAGE_LINK
    if VERIFIED_ROLE in player.roles:
        return (LOBBY_LINK,)
    return ProblemLink("Get a new link", urls.verify), LOBBY_LINK


USED_BY_YOU: Final = "This link has been used. Your email address is verified."
LINK_PROBLEM_TEXTS: Final[dict[str, tuple[str, str]]] = {
    AuthCode.LINK_UNKNOWN: (
        "Unknown link",
        "The link may be incomplete. Copy the whole link from the email, or get a new one.",
    ),
    AuthCode.LINK_OVER: (
        "This link has expired",
        "Each link works once and expires. Get a new one if you still need it.",
    ),
    AuthCode.EMAIL_TAKEN: (
        "This address belongs to another account",
        "The address was verified for another account. Sign in to that account, or use another address.",
    ),
}

EMAIL_LINK_ROUTES = [
    show_verify,
    verify_email,
    send_verification_again,
    show_confirm_email,
    confirm_email,
]
