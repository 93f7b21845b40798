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
    UNKEPT,
    LinkForm,
    ReturnForm,
    VerificationPage,
    VerifiedPage,
    VerifyPage,
)
from ui.accounts.problem_page import (
    TO_LOBBY,
    TO_START,
    ProblemLink,
    ProblemPage,
    code_about_link,
)
from ui.accounts.sign_in_completion import onwards, renew_now, see_other
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.flash import flash
from ui.form_size import MAX_FORM_BYTES
from ui.links import urls
from ui.pages import VERIFIED, PageRequest, render
from ui.session.state import session_of


@get("/verify")
async def show_verify(
    request: PageRequest, auth: NamedDependency[AuthClient], token: FromQuery[str] = ""
) -> Template:
    """Show the button for a link's token; without a token, show the state of the player's own address."""
    if not token:
        account = await auth.me(session_of(request).bearer())
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
        headers=UNKEPT,
    )


@post("/verify", request_max_body_size=MAX_FORM_BYTES)
async def verify(
    request: PageRequest, data: URLEncodedBody[LinkForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    try:
        account = await auth.verify_email(data.token)
    except Refused as refused:
        return _about_link(request, refused)
    return await _verified(request, auth, account.username, "email_verified")


@post("/verify/resend", request_max_body_size=MAX_FORM_BYTES)
async def send_verification_again(
    request: PageRequest, data: URLEncodedBody[ReturnForm], auth: NamedDependency[AuthClient]
) -> Redirect:
    session = session_of(request)
    try:
        await auth.send_verification_again(session.bearer())
        flash(session, "verification_sent")
    except BackendDown:
        flash(session, "verification_failed")
    except Refused as refused:
        if refused.code == AuthCode.EMAIL_VERIFIED:
            await renew_now(request, auth)
            flash(session, "email_verified_already")
        elif refused.status == HTTPStatus.TOO_MANY_REQUESTS:
            flash(session, "verification_limited")
        else:
            raise
    return see_other(onwards(data.next))


@get("/confirm-email")
async def show_confirm_email(request: PageRequest, token: FromQuery[str] = "") -> Template:
    if not token:
        return _link_problem(request, AuthCode.LINK_UNKNOWN, HTTPStatus.NOT_FOUND, changing=True)
    return render(
        request,
        VerifyPage(
            token=token,
            action=urls.confirm_email,
            heading="Use this address",
            sentence="We’ll send all emails for your account to this address, and none to the old one.",
            button="Use this address",
        ),
        headers=UNKEPT,
    )


@post("/confirm-email", request_max_body_size=MAX_FORM_BYTES)
async def confirm_email(
    request: PageRequest, data: URLEncodedBody[LinkForm], auth: NamedDependency[AuthClient]
) -> Response[Any]:
    try:
        account = await auth.confirm_email(data.token)
    except Refused as refused:
        return _about_link(request, refused, changing=True)
    return await _verified(request, auth, account.username, "email_changed")


async def _verified(
    request: PageRequest, auth: AuthClient, username: str, notice: str
) -> Response[Any]:
    """Show the account's name and advice if the browser is not signed in to the account; otherwise go to the lobby."""
    session = session_of(request)
    if session.player is None or session.player.name != username:
        return render(request, VerifiedPage(username=username), headers=UNKEPT)
    flash(session, notice)
    await renew_now(request, auth)
    return see_other(urls.lobby)


def _about_link(request: PageRequest, refused: Refused, *, changing: bool = False) -> Template:
    code = code_about_link(refused)
    if code not in WORDS:
        raise refused
    return _link_problem(request, code, refused.status, changing=changing)


def _link_problem(request: PageRequest, code: str, status: int, *, changing: bool) -> Template:
    player = session_of(request).player
    heading, sentence = WORDS[code]
    if code == AuthCode.LINK_OVER and player and VERIFIED in player.roles and not changing:
        sentence = USED_BY_YOU
    page = ProblemPage(
        heading=heading, sentence=sentence, ways=_ways_out(player, changing=changing)
    )
    return render(request, page, status=status)


def _ways_out(player: Player | None, *, changing: bool) -> tuple[ProblemLink, ...]:
    if changing:
        # Only the account itself can request the change again, in its settings.
        label = "Back to your settings" if player else "Sign in to try again"
        return ProblemLink(label, urls.settings_account), TO_START
    if player is None:
        return ProblemLink("Sign in for a new link", urls.sign_in_and_return(urls.verify)), TO_START
    if VERIFIED in player.roles:
        return (TO_LOBBY,)
    return ProblemLink("Get a new link", urls.verify), TO_LOBBY


USED_BY_YOU: Final = "This link has been used. Your email address is verified."
WORDS: Final[dict[str, tuple[str, str]]] = {
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

LETTERS = [show_verify, verify, send_verification_again, show_confirm_email, confirm_email]
