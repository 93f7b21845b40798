"""Addresses of all pages, and the check that an address is safe to redirect to."""

from collections.abc import Iterable
from posixpath import normpath
from typing import Final
from urllib.parse import quote, unquote, urlencode, urlsplit
from uuid import UUID

PROVIDER_VISITS_PATH: Final = "/sign-in/with/"
"""Path prefix of the addresses at which visits to providers begin and end."""


class Links:
    """Addresses of the site's pages; available in templates as `urls`."""

    landing = "/"
    register = "/register"
    sign_in = "/sign-in"
    sign_out = "/sign-out"
    second_factor = "/sign-in/code"
    passkey_options = "/sign-in/passkey/options"
    passkey_answer = "/sign-in/passkey"
    verify = "/verify"
    verify_again = "/verify/resend"
    confirm_email = "/confirm-email"
    forgot = "/forgot"
    forgot_sent = "/forgot/sent"
    reset = "/reset"
    confirm = "/confirm"
    confirm_passkey_options = "/confirm/passkey/options"
    confirm_passkey_answer = "/confirm/passkey"
    settings = "/settings"
    settings_profile = "/settings/profile"
    settings_avatar = "/settings/avatar"
    settings_avatar_removal = "/settings/avatar/remove"
    settings_account = "/settings/account"
    settings_email = "/settings/email"
    settings_email_forgotten = "/settings/email/forget"
    settings_password = "/settings/password"  # noqa: S105 - an address
    settings_security = "/settings/security"
    two_factor_setup = "/settings/two-factor/setup"
    two_factor = "/settings/two-factor"
    two_factor_off = "/settings/two-factor/disable"
    recovery_codes = "/settings/two-factor/recovery-codes"
    passkeys = "/settings/passkeys"
    new_passkey_options = "/settings/passkeys/options"
    settings_sessions = "/settings/sessions"
    other_sessions_end = "/settings/sessions/end-others"
    settings_sign_in = "/settings/sign-in"
    settings_privacy = "/settings/privacy"
    settings_export = "/settings/export"
    account_deletion = "/settings/privacy/delete"
    dashboards = "/grafana/"
    metrics = "/prometheus/"
    alerts = "/alertmanager/"
    logs = "/kibana/"
    runbooks = "/runbooks/"
    friends = "/friends"
    live = "/live"
    theme = "/theme"
    lobby = "/lobby"
    play_computer = "/play/computer"
    play_local = "/play/local"
    play_tickets = "/play/tickets"
    play_matches = "/play/matches"
    online = "/online"
    online_calls = "/online/calls"
    online_queue = "/online/queue"
    online_queue_leave = "/online/queue/leave"
    online_invitations = "/online/invitations"
    new_tournament = "/tournaments/new"
    new_hotseat = "/tournaments/hotseat/new"

    def sign_in_and_return(self, next_path: str) -> str:
        return _with_query(self.sign_in, next=next_path)

    def register_and_return(self, next_path: str) -> str:
        return _with_query(self.register, next=next_path)

    def second_factor_and_return(self, next_path: str, *, recovery: bool = False) -> str:
        """Return the page that asks for the code; a recovery code needs another on-screen keyboard."""
        return _with_query(
            self.second_factor, next=next_path, recovery="true" if recovery else None
        )

    def sign_in_with(self, provider: str, next_path: str = "") -> str:
        """Return where a visit to a provider begins: a link for visitors, a form (without `next_path`) for signed-in
        players."""
        return _with_query(f"{PROVIDER_VISITS_PATH}{quote(provider, safe='')}", next=next_path)

    def confirm_and_return(self, next_path: str) -> str:
        return _with_query(self.confirm, next=next_path)

    def passkey(self, passkey_id: UUID) -> str:
        return f"/settings/passkeys/{passkey_id}"

    def passkey_removal(self, passkey_id: UUID) -> str:
        return f"/settings/passkeys/{passkey_id}/remove"

    def session_end(self, session_id: UUID) -> str:
        return f"/settings/sessions/{session_id}/end"

    def unlinking(self, provider: str) -> str:
        return f"/settings/sign-in/{quote(provider, safe='')}/unlink"

    def security_log(self, cursor: str) -> str:
        return _with_query(self.settings_privacy, cursor=cursor)

    def players(self, query: str | None = None) -> str:
        return _with_query("/players", query=query)

    def player(self, username: str, tournaments: str | None = None) -> str:
        """Return a player's profile; `tournaments` is the cursor of their tournaments."""
        return _with_query(f"/players/{quote(username, safe='')}", tournaments=tournaments)

    def challenge(self, username: str) -> str:
        """Return the challenge form on a player's profile."""
        return f"{self.player(username)}#challenge"

    def friendship(self, username: str, action: str) -> str:
        return f"/friends/{quote(username, safe='')}/{action}"

    def avatar(self, picture: str, size: int) -> str:
        """Return an avatar's address at auth; its content never changes, so browsers cache it."""
        return f"/api/user/avatars/{quote(picture, safe='')}/{size}.webp"

    def matches(
        self, mode: str | None = None, outcome: str | None = None, cursor: str | None = None
    ) -> str:
        return _with_query("/matches", mode=mode, outcome=outcome, cursor=cursor)

    def match(self, match_id: UUID) -> str:
        return f"/matches/{match_id}"

    def online_match(self, match_id: UUID) -> str:
        return f"/online/{match_id}"

    def online_state(self, match_id: UUID) -> str:
        return f"/online/{match_id}/state"

    def play_socket(self, match_id: UUID) -> str:
        """Return the address of tournament's WebSocket for playing a match."""
        return f"/api/tournament/matches/{match_id}/play"

    def watch_socket(self, match_id: UUID) -> str:
        return f"/api/tournament/matches/{match_id}/watch"

    def invitation(self, invitation_id: UUID) -> str:
        return f"/invitations/{invitation_id}"

    def invitation_answer(self, invitation_id: UUID, answer: str) -> str:
        return f"/invitations/{invitation_id}/{answer}"

    def watch(self, cursor: str | None = None) -> str:
        return _with_query("/watch", cursor=cursor)

    def watch_match(self, match_id: UUID) -> str:
        return f"/watch/{match_id}"

    def watch_state(self, match_id: UUID) -> str:
        return f"/watch/{match_id}/state"

    def tournaments(self, show: str | None = None, cursor: str | None = None) -> str:
        return _with_query("/tournaments", show=show, cursor=cursor)

    def tournament(self, tournament_id: UUID, invitation: str | None = None) -> str:
        return _with_query(f"/tournaments/{tournament_id}", invitation=invitation)

    def tournament_bracket(
        self, tournament_id: UUID, find: str = "", show: Iterable[str] = ()
    ) -> str:
        """Return a tournament's bracket; `show` names the rounds that are shown in full."""
        path = f"/tournaments/{tournament_id}/bracket"
        query = [("find", find)] * bool(find) + [("show", each) for each in show]
        return f"{path}?{urlencode(query)}" if query else path

    def tournament_players(self, tournament_id: UUID, cursor: str | None = None) -> str:
        return _with_query(f"/tournaments/{tournament_id}/players", cursor=cursor)

    def tournament_log(self, tournament_id: UUID, cursor: str | None = None) -> str:
        return _with_query(f"/tournaments/{tournament_id}/log", cursor=cursor)

    def tournament_manage(self, tournament_id: UUID) -> str:
        return f"/tournaments/{tournament_id}/manage"

    def tournament_edit(self, tournament_id: UUID) -> str:
        return f"/tournaments/{tournament_id}/edit"

    def tournament_action(self, tournament_id: UUID, action: str) -> str:
        """Return the address of the form for an action such as entering, leaving, opening or starting."""
        return f"/tournaments/{tournament_id}/{action}"

    def removal(self, tournament_id: UUID, entry_id: UUID) -> str:
        """Return the address of the form that removes a player, before the start or later."""
        return f"/tournaments/{tournament_id}/players/{entry_id}/remove"

    def tournament_events(self, tournament_id: UUID) -> str:
        """Return the address of tournament's event stream."""
        return f"/api/tournament/tournaments/{tournament_id}/events"

    def pairing(self, tournament_id: UUID, number: int) -> str:
        return f"/tournaments/{tournament_id}/pairings/{number}"

    def pairing_ready(self, tournament_id: UUID, number: int) -> str:
        return f"{self.pairing(tournament_id, number)}/ready"

    def pairing_correction(self, tournament_id: UUID, number: int) -> str:
        return f"{self.pairing(tournament_id, number)}/correction"

    def pairing_ticket(self, tournament_id: UUID, number: int) -> str:
        """Return the address at which the game script gets a hotseat match's ticket."""
        return f"{self.pairing(tournament_id, number)}/ticket"

    def pairing_match(self, tournament_id: UUID, number: int) -> str:
        """Return the address to which the game script submits a hotseat match."""
        return f"{self.pairing(tournament_id, number)}/match"

    def hotseat(self, tournament_id: UUID) -> str:
        """Return the page on which a hotseat tournament is played."""
        return f"/tournaments/{tournament_id}/hotseat"

    def leaderboard(self, cursor: str | None = None) -> str:
        return _with_query("/leaderboard", cursor=cursor)

    def replay(self, match_id: UUID) -> str:
        return f"/matches/{match_id}/replay"


urls = Links()


def safe_local_path(target: str | None) -> str | None:
    """Return `target` if it is a path on this site that is safe to redirect to, else None.

    Browsers read `//host`, `/\\host` and a path with control characters as another site's address. A visit to a
    provider leads off this site, and must be started by the user.
    """
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return None
    if not target.isprintable() or "\\" in target:
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or _begins_provider_visit(parts.path):
        return None
    return target


def _begins_provider_visit(path: str) -> bool:
    """Tell whether a path is below PROVIDER_VISITS_PATH, normalised as in a browser: dot segments, also encoded ones,
    are resolved first."""
    return normpath("/" + unquote(path).lstrip("/")).startswith(PROVIDER_VISITS_PATH)


def _with_query(path: str, **parameters: str | None) -> str:
    given = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
