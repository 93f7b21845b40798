"""Cookies that ui sets. The `__Host-` prefix makes browsers reject them from other hosts."""

from typing import Final, Literal

from litestar.datastructures import Cookie

from contracts.auth.sessions import SecondFactorChallenge, Tokens

ACCESS_COOKIE: Final = "__Host-access"
REFRESH_COOKIE: Final = "__Host-refresh"
DEVICE_COOKIE: Final = "__Host-device"
CHALLENGE_COOKIE: Final = "__Host-challenge"
OAUTH_COOKIE: Final = "__Host-oauth"
NOTICE_COOKIE: Final = "__Host-notice"
THEME_COOKIE: Final = "theme"

REFRESH_COOKIE_SECONDS: Final = 30 * 24 * 3600
"""At least the lifetime of a refresh token at auth; auth ends the session, not the cookie."""
DEVICE_COOKIE_SECONDS: Final = 400 * 24 * 3600
"""The longest lifetime that browsers allow; each sign-in renews it."""
NOTICE_COOKIE_SECONDS: Final = 60
"""Time from an answer to the page that it leads to."""
THEME_COOKIE_SECONDS: Final = 365 * 24 * 3600

Theme = Literal["auto", "dark", "light"]
THEMES: Final[tuple[Theme, ...]] = ("auto", "light", "dark")


def session_cookies(tokens: Tokens) -> list[Cookie]:
    return [
        _make_cookie(ACCESS_COOKIE, tokens.access_token, tokens.expires_in),
        _make_cookie(REFRESH_COOKIE, tokens.refresh_token, REFRESH_COOKIE_SECONDS),
    ]


def cleared_session_cookies() -> list[Cookie]:
    return [cleared_cookie(name) for name in (ACCESS_COOKIE, REFRESH_COOKIE)]


def cleared_cookie(name: str) -> Cookie:
    return _make_cookie(name, "", 0)


def device_cookie(token: str) -> Cookie:
    return _make_cookie(DEVICE_COOKIE, token, DEVICE_COOKIE_SECONDS)


def challenge_cookie(challenge: SecondFactorChallenge) -> Cookie:
    return _make_cookie(CHALLENGE_COOKIE, challenge.challenge, challenge.expires_in)


def oauth_cookie(flow: str, seconds: int) -> Cookie:
    return _make_cookie(OAUTH_COOKIE, flow, seconds)


def notice_cookie(key: str) -> Cookie:
    return _make_cookie(NOTICE_COOKIE, key, NOTICE_COOKIE_SECONDS)


def theme_cookie(theme: Theme) -> Cookie:
    return _make_cookie(THEME_COOKIE, theme, THEME_COOKIE_SECONDS)


def chosen_theme(cookies: dict[str, str]) -> Theme:
    chosen = cookies.get(THEME_COOKIE)
    return next((theme for theme in THEMES if theme == chosen), "auto")


def _make_cookie(name: str, value: str, seconds: int) -> Cookie:
    # Browsers accept `__Host-` only with exactly these attributes: Secure, Path=/ and no Domain.
    return Cookie(key=name, value=value, max_age=seconds, secure=True, httponly=True)
