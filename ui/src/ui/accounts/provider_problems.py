"""What to say when a trip to a provider came to nothing, and where to go from there."""

from http import HTTPStatus
from typing import Final, NamedTuple

from contracts.auth.problems import AuthCode
from ui.accounts.problem_page import TO_LOBBY, TO_REGISTER, ProblemPage, WayOut, sign_in_link
from ui.links import urls


class Words(NamedTuple):
    status: int
    heading: str
    sentence: str
    """With {name} for the provider's."""
    retry: str = ""
    """The link that tries once more, for visitors; none where that cannot help."""


def provider_problem_page(
    code: str, name: str, again: str, next_path: str, *, signed_in: bool
) -> tuple[int, ProblemPage]:
    """The status and page for a code of auth's, of the provider's or of ours."""
    words = WORDS.get(code, AUTH_AWAY)
    # It would sign in. Whoever has, wanted something else: its button is in the settings.
    may_retry = bool(words.retry) and not signed_in
    retry = (WayOut(words.retry.format(name=name), again),) if may_retry else ()
    page = ProblemPage(
        heading=words.heading.format(name=name),
        sentence=words.sentence.format(name=name),
        ways=(*retry, *_ways_out(code, next_path, signed_in=signed_in)),
    )
    return words.status, page


def _ways_out(code: str, next_path: str, *, signed_in: bool) -> tuple[WayOut, ...]:
    if signed_in:
        return WayOut("Back to your settings", urls.settings_sign_in), TO_LOBBY
    if code == AuthCode.ACCOUNT_EXISTS:
        # Signing in ends where the account can be linked, so that next time this way is open.
        return sign_in_link(urls.settings_sign_in), WayOut("Forgot your password?", urls.forgot)
    if code == AuthCode.EMAIL_UNVERIFIED:
        return TO_REGISTER, sign_in_link(next_path)
    return (sign_in_link(next_path),)


AUTH_AWAY: Final = Words(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Rain delay",
    "Accounts are not answering right now. Nothing was changed; try again in a moment.",
    "Try again",
)
WORDS: Final[dict[str, Words]] = {
    "access_denied": Words(
        HTTPStatus.FORBIDDEN,
        "Not with {name}, then",
        "{name} tells us that you said no. Nothing was changed here.",
        "Try {name} again",
    ),
    AuthCode.OAUTH_REFUSED: Words(
        HTTPStatus.BAD_REQUEST,
        "That return was out",
        "What came back from {name} does not belong to what was begun in this browser, or it came too late. "
        "Begin again.",
        "Begin again",
    ),
    AuthCode.EMAIL_UNVERIFIED: Words(
        HTTPStatus.FORBIDDEN,
        "Your address is not verified there",
        "{name} does not vouch for your e-mail address, so we cannot tell that it is yours. Verify it there, "
        "or create an account with a password here.",
        "Try {name} again",
    ),
    AuthCode.ACCOUNT_EXISTS: Words(
        HTTPStatus.CONFLICT,
        "You have an account already",
        "An account here has the e-mail address that {name} names. Sign in to it the way you always do, then link "
        "{name} in your settings.",
    ),
    AuthCode.IDENTITY_TAKEN: Words(
        HTTPStatus.CONFLICT,
        "Linked with somebody else",
        "That account at {name} is linked with another player here. Sign in with it to get to that player, or "
        "choose another account at {name}.",
        "Try another account",
    ),
    AuthCode.ALREADY_LINKED: Words(
        HTTPStatus.CONFLICT,
        "Linked already",
        "Your account is linked with {name} already. Take that link away before you make another one.",
    ),
    AuthCode.NO_SUCH_PROVIDER: Words(
        HTTPStatus.NOT_FOUND,
        "No such way in",
        "Nobody can sign in here with an account from there.",
    ),
    AuthCode.TOO_MANY_ATTEMPTS: Words(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many tries from here",
        "Many visits to {name} were begun from your network. Wait a minute, or come in another way.",
        "Try {name} again",
    ),
    AuthCode.PROVIDER_DOWN: Words(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "{name} is not answering",
        "Nothing was changed here. Try again in a minute, or come in another way.",
        "Try again",
    ),
    AuthCode.PROVIDER_LIED: Words(
        HTTPStatus.BAD_GATEWAY,
        "{name} made no sense",
        "What {name} answered cannot be used, so we did not let it in. Try again, or come in another way.",
        "Try again",
    ),
    "cross_site": Words(
        HTTPStatus.FORBIDDEN,
        "On with {name}?",
        "You come here from another site. If {name} is where you want to go, go on yourself.",
        "Go on with {name}",
    ),
}
