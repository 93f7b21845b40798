"""Texts about failed visits to a provider, and links to continue from there."""

from http import HTTPStatus
from typing import Final, NamedTuple

from contracts.auth.problems import AuthCode
from ui.accounts.problem_page import (
    LOBBY_LINK,
    REGISTER_LINK,
    ProblemLink,
    ProblemPage,
    sign_in_link,
)
from ui.links import urls


class ProblemText(NamedTuple):
    status: int
    heading: str
    sentence: str
    """The text, with {name} for the provider's name."""
    retry: str = ""
    """The text of the link that tries again, for visitors; empty if trying again cannot help."""


def provider_problem_page(
    code: str, name: str, again: str, next_path: str, *, signed_in: bool
) -> tuple[int, ProblemPage]:
    """Return the status and page for an error code of auth, of the provider or of ui."""
    words = PROBLEM_TEXTS.get(code, AUTH_UNAVAILABLE)
    # The link would sign in. A signed-in player wanted another action, whose button is in the settings.
    may_retry = bool(words.retry) and not signed_in
    retry = (ProblemLink(words.retry.format(name=name), again),) if may_retry else ()
    page = ProblemPage(
        heading=words.heading.format(name=name),
        sentence=words.sentence.format(name=name),
        ways=(*retry, *_links_after_problem(code, next_path, signed_in=signed_in)),
    )
    return words.status, page


def _links_after_problem(code: str, next_path: str, *, signed_in: bool) -> tuple[ProblemLink, ...]:
    if signed_in:
        return ProblemLink("Back to your settings", urls.settings_sign_in), LOBBY_LINK
    if code == AuthCode.ACCOUNT_EXISTS:
        # Signing in leads to the page where the identity can be linked, so that it can be used next time.
        return sign_in_link(urls.settings_sign_in), ProblemLink(
            "Forgot your password?", urls.forgot
        )
    if code == AuthCode.EMAIL_UNVERIFIED:
        return REGISTER_LINK, sign_in_link(next_path)
    return (sign_in_link(next_path),)


AUTH_UNAVAILABLE: Final = ProblemText(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Rain delay",
    "Accounts are unavailable right now. Nothing was changed; try again in a moment.",
    "Try again",
)
PROBLEM_TEXTS: Final[dict[str, ProblemText]] = {
    "access_denied": ProblemText(
        HTTPStatus.FORBIDDEN,
        "{name} sign-in cancelled",
        "You declined at {name}. Nothing was changed here.",
        "Try {name} again",
    ),
    AuthCode.OAUTH_REFUSED: ProblemText(
        HTTPStatus.BAD_REQUEST,
        "{name} sign-in failed",
        "The answer from {name} doesn’t match a sign-in started in this browser, or it came too late. "
        "Start again.",
        "Start again",
    ),
    AuthCode.EMAIL_UNVERIFIED: ProblemText(
        HTTPStatus.FORBIDDEN,
        "Your address isn’t verified",
        "Your email address isn’t verified at {name}. Verify it there, "
        "or create an account with a password here.",
        "Try {name} again",
    ),
    AuthCode.ACCOUNT_EXISTS: ProblemText(
        HTTPStatus.CONFLICT,
        "You already have an account",
        "Your email address from {name} already has an account here. Sign in to that account, then link "
        "{name} in your settings.",
    ),
    AuthCode.IDENTITY_TAKEN: ProblemText(
        HTTPStatus.CONFLICT,
        "Linked to another player",
        "This {name} account is linked to another player. Sign in with it to use that player’s account, or "
        "choose another {name} account.",
        "Try another account",
    ),
    AuthCode.ALREADY_LINKED: ProblemText(
        HTTPStatus.CONFLICT,
        "Already linked",
        "Your account is already linked to {name}. Unlink it before you link another one.",
    ),
    AuthCode.NO_SUCH_PROVIDER: ProblemText(
        HTTPStatus.NOT_FOUND,
        "Unknown sign-in method",
        "You can’t sign in with this provider. Choose another sign-in method.",
    ),
    AuthCode.TOO_MANY_ATTEMPTS: ProblemText(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many attempts",
        "There were too many {name} sign-ins from your network. Wait 1 min, or use another sign-in method.",
        "Try {name} again",
    ),
    AuthCode.PROVIDER_DOWN: ProblemText(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "{name} isn’t responding",
        "Nothing was changed here. Try again in a minute, or use another sign-in method.",
        "Try again",
    ),
    AuthCode.PROVIDER_LIED: ProblemText(
        HTTPStatus.BAD_GATEWAY,
        "{name} sign-in failed",
        "We couldn’t use the answer from {name}. Try again, or use another sign-in method.",
        "Try again",
    ),
    "cross_site": ProblemText(
        HTTPStatus.FORBIDDEN,
        "Continue with {name}?",
        "You came here from another site. If you want to sign in with {name}, continue.",
        "Continue with {name}",
    ),
}
