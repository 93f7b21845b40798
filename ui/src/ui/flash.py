"""Notices that the next page shows once, about what was just done. The cookie contains a notice's key, no text."""

from typing import Any, Final, Literal

import msgspec
from litestar import Request

from contracts.auth.problems import AuthCode
from contracts.tournament.problems import TournamentCode
from ui.session.cookies import NOTICE_COOKIE, cleared_cookie, notice_cookie
from ui.session.state import BrowserSession, session_of

Tone = Literal["", "warning", "danger"]


class Notice(msgspec.Struct, frozen=True):
    text: str
    tone: Tone = ""


def set_notice(session: BrowserSession, key: str) -> None:
    """Show the notice with this key of NOTICES on the next page in this browser.

    Raises:
        KeyError: there is no such notice.
    """
    if key not in NOTICES:
        raise KeyError(key)
    session.set_cookies(notice_cookie(key))


def take_notice(request: Request[Any, Any, Any]) -> Notice | None:
    """Return the notice for this page, and remove it."""
    session = session_of(request)
    key = request.cookies.get(NOTICE_COOKIE)
    if key is None:
        return None
    session.set_cookies(cleared_cookie(NOTICE_COOKIE))
    return NOTICES.get(key)


NOTICES: Final[dict[str, Notice]] = {
    "registered": Notice(
        "Your account is ready. We’ve sent you an email: open its link to verify your address."
    ),
    "registered_elsewhere": Notice("Your account is ready."),
    "identity_linked": Notice("Account linked. You can now sign in with it."),
    "email_verified": Notice("Your email address is verified."),
    "email_verified_already": Notice("Your email address is already verified."),
    "email_changed": Notice("Your new email address is verified and in use."),
    "verification_sent": Notice(
        "We’ve sent you a new link. If no email arrives, check your spam folder."
    ),
    "verification_limited": Notice(
        "We’ve already sent you several emails. Check your spam folder, or try again later.",
        "warning",
    ),
    "verification_failed": Notice(
        "Accounts are unavailable right now, so no email was sent. Try again in a moment.",
        "warning",
    ),
    "password_reset": Notice(
        "Password changed, and all devices are signed out. Sign in with your new password."
    ),
    AuthCode.CHALLENGE_OVER: Notice(
        "You took too long or entered too many wrong codes. Sign in again.", "warning"
    ),
    "confirmed": Notice("Confirmed. You can continue."),
    "profile_saved": Notice("Saved. This is how others see you."),
    "picture_saved": Notice("Picture updated."),
    "picture_removed": Notice("Picture removed. Your sprite is shown instead."),
    "email_change_asked": Notice(
        "We’ve sent an email to the new address. Open its link to start using the address."
    ),
    "email_change_forgotten": Notice("Address change cancelled. Your address stays the same."),
    "password_changed": Notice("Password changed, and all other devices are signed out."),
    "two_factor_off": Notice("Two-factor sign-in is off. You no longer need a code."),
    "passkey_added": Notice("Passkey added. You can sign in with it next time."),
    "passkey_renamed": Notice("Passkey renamed."),
    "passkey_removed": Notice("Passkey removed. You can’t sign in with it any more."),
    "session_ended": Notice("That device is signed out."),
    "other_sessions_ended": Notice("All other devices are signed out."),
    "identity_unlinked": Notice("Account unlinked. You can’t sign in with it any more."),
    "account_deleted": Notice("Your account is deleted."),
    AuthCode.BLOCKED_BY_YOU: Notice("You’ve blocked this player. Unblock them first.", "warning"),
    AuthCode.YOURSELF: Notice("That’s your own account. Choose another player.", "warning"),
    AuthCode.TOO_MANY_REQUESTS_OPEN: Notice(
        "You have too many open friend requests. Cancel some, or wait for answers.", "warning"
    ),
    "queue_left": Notice("You’re no longer waiting for a match."),
    "challenge_sent": Notice("Challenge sent. You can follow it in the lobby."),
    "invitation_declined": Notice("Challenge declined."),
    "invitation_withdrawn": Notice("Invitation cancelled."),
    TournamentCode.ALREADY_PLAYING: Notice(
        "One of you is still in another match. Try again when it’s over.", "warning"
    ),
    TournamentCode.NOT_CALLED: Notice(
        "This match isn’t waiting for players to be ready right now.", "warning"
    ),
    TournamentCode.NOT_YOUR_PAIRING: Notice(
        "This match is between two other players. You can watch it.", "warning"
    ),
    "result_corrected": Notice("Result corrected. The log shows the change."),
    TournamentCode.NOT_OVER: Notice(
        "You can only correct a finished match between two players.", "warning"
    ),
    TournamentCode.ALREADY_INVITED: Notice(
        "You’ve already challenged this friend. Wait for the answer.", "warning"
    ),
    TournamentCode.NO_SUCH_FRIEND: Notice("You can only challenge friends.", "warning"),
    TournamentCode.NOT_VERIFIED: Notice("Verify your email address to play others.", "warning"),
    TournamentCode.NO_SUCH_INVITATION: Notice(
        "This invitation doesn’t exist, or isn’t for you.", "warning"
    ),
    TournamentCode.OWN_INVITATION: Notice(
        "This is your own invitation. Send it to another player.", "warning"
    ),
    TournamentCode.TOO_MANY_INVITATIONS_OPEN: Notice(
        "You have too many open invitations. Cancel some first.", "warning"
    ),
    TournamentCode.INVITATION_OVER: Notice("This invitation is no longer open.", "warning"),
    "games_refused": Notice("That didn’t work. Reload the page and try again.", "warning"),
    "tournament_made": Notice(
        "Tournament created as a draft. Only you can see it until you open it."
    ),
    "hotseat_made": Notice("Tournament created. Start once everyone is at the keyboard."),
    "tournament_entered": Notice("You’re in."),
    "tournament_in_line": Notice("The tournament is full, so you’re on the waiting list."),
    "tournament_left": Notice("You’ve left the tournament."),
    "tournament_checked_in": Notice("You’ve checked in. Your place is safe."),
    "tournament_back_in": Notice("You’re back in, from the next round."),
    "tournament_opened": Notice("The tournament is open. Players can now enter."),
    "tournament_started": Notice("The tournament has started. The first matches are called."),
    "tournament_cancelled": Notice("Tournament cancelled. The log shows your reason."),
    "tournament_changed": Notice("Settings saved."),
    "tournament_removed": Notice("Player removed. The log shows your reason."),
    "seeded_by_rating": Notice("Seeded by rating, highest first."),
    "seeded_by_random": Notice(
        "Seeded at random. Anyone can repeat the draw with the number on the overview."
    ),
    "tournament_closed": Notice("Registration is closed.", "warning"),
    "tournament_out": Notice("The organiser removed you. The log gives the reason.", "warning"),
    TournamentCode.INVITATION_NEEDED: Notice(
        "You need an invitation. Ask the organiser for the link.", "warning"
    ),
    "tournament_not_now": Notice(
        "That isn’t possible right now. The page shows the current state.", "warning"
    ),
    TournamentCode.TOO_FEW: Notice("You need at least two players to start.", "warning"),
    TournamentCode.TOO_SMALL: Notice(
        "More players have entered than that. Choose a larger size.", "warning"
    ),
    TournamentCode.TOO_MANY_TOURNAMENTS: Notice(
        "You have too many unfinished tournaments. Finish or cancel some first.", "warning"
    ),
    TournamentCode.NOT_ORGANISER: Notice("Only the organiser can do that.", "warning"),
    "tournament_not_entered": Notice("You’re not in this tournament.", "warning"),
    "tournament_no_such_entry": Notice("This player is no longer in the tournament.", "warning"),
    AuthCode.NO_SUCH_PLAYER: Notice("This player no longer exists.", "warning"),
    "request_gone": Notice("This request no longer exists.", "warning"),
    "friends_refused": Notice("That didn’t work. Reload the page and try again.", "warning"),
}
