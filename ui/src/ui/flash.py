"""Says on the next page, once, what has just been done. The cookie holds the name of a sentence, no words."""

from typing import Any, Final, Literal

import msgspec
from litestar import Request

from contracts.auth.problems import AuthCode
from contracts.tournament.problems import TournamentCode
from ui.session.cookies import NOTICE, cleared_cookie, notice_cookie
from ui.session.state import BrowserSession, session_of

Tone = Literal["", "warning", "danger"]


class Notice(msgspec.Struct, frozen=True):
    text: str
    tone: Tone = ""


def flash(session: BrowserSession, key: str) -> None:
    """Have the next page that this browser shows say one of NOTICES.

    Raises:
        KeyError: there is no such notice.
    """
    if key not in NOTICES:
        raise KeyError(key)
    session.keep(notice_cookie(key))


def take_notice(request: Request[Any, Any, Any]) -> Notice | None:
    """Return what is to be said on this page, and forget it."""
    session = session_of(request)
    key = request.cookies.get(NOTICE)
    if key is None:
        return None
    session.keep(cleared_cookie(NOTICE))
    return NOTICES.get(key)


NOTICES: Final[dict[str, Notice]] = {
    "registered": Notice(
        "Your account is ready. We have sent you a mail: open the link in it to verify your address."
    ),
    "registered_elsewhere": Notice("Your account is ready. Welcome to the court."),
    "identity_linked": Notice("Linked. From now on you can sign in with it."),
    "email_verified": Notice("Thank you. Your e-mail address is verified."),
    "email_verified_already": Notice("Your e-mail address is verified already."),
    "email_changed": Notice("Your new e-mail address is verified, and in use from now on."),
    "verification_sent": Notice(
        "We have sent you a new link. If no mail comes, look among the unwanted ones."
    ),
    "verification_limited": Notice(
        "We have sent you several mails already. Look among the unwanted ones, or try again later.",
        "warning",
    ),
    "verification_failed": Notice(
        "Accounts are not answering right now, and no mail was sent. Try again in a moment.",
        "warning",
    ),
    "password_reset": Notice(
        "Your new password is set, and everybody who was signed in has been signed out. Sign in with it."
    ),
    AuthCode.CHALLENGE_OVER: Notice(
        "That took too long, or too many codes were wrong. Sign in once more.", "warning"
    ),
    "confirmed": Notice("Thank you, that was you. Now go on with what you wanted to do."),
    "profile_saved": Notice("Saved. This is how others see you."),
    "picture_saved": Notice("Your picture is up."),
    "picture_removed": Notice("Your picture is gone. Your sprite stands in for it."),
    "email_change_asked": Notice(
        "We have sent a mail to the new address. It is used once you open the link in it."
    ),
    "email_change_forgotten": Notice("The new address is forgotten. Nothing has changed."),
    "password_changed": Notice(
        "Your new password is set, and every other browser has been signed out."
    ),
    "two_factor_off": Notice("Two-factor sign-in is off. No code is asked for any more."),
    "passkey_added": Notice("Your passkey is ready. Sign in with it next time."),
    "passkey_renamed": Notice("Renamed."),
    "passkey_removed": Notice("The passkey is removed; it opens nothing any more."),
    "session_ended": Notice("That browser is signed out."),
    "other_sessions_ended": Notice("Every other browser is signed out."),
    "identity_unlinked": Notice("Unlinked. It opens nothing here any more."),
    "account_deleted": Notice("Your account is deleted. Thank you for playing."),
    AuthCode.BLOCKED_BY_YOU: Notice("You have blocked this player. Unblock them first.", "warning"),
    AuthCode.YOURSELF: Notice("That is you. You are on good terms already.", "warning"),
    AuthCode.TOO_MANY_REQUESTS_OPEN: Notice(
        "Too many of your requests are waiting. Take some back, or wait for answers.", "warning"
    ),
    "queue_left": Notice("You are not waiting for a match any more."),
    "challenge_sent": Notice(
        "Your challenge is on its way. It stands in the lobby until it is answered."
    ),
    "invitation_declined": Notice("Declined."),
    "invitation_withdrawn": Notice("Taken back. It leads nowhere any more."),
    TournamentCode.ALREADY_PLAYING: Notice(
        "A match is still on, yours or theirs. It has to end before another begins.", "warning"
    ),
    TournamentCode.NOT_CALLED: Notice(
        "That match is not waiting for anybody to be ready, or not any more.", "warning"
    ),
    TournamentCode.NOT_YOUR_PAIRING: Notice("Others play that match. You can look on.", "warning"),
    "result_corrected": Notice("Corrected. Everybody can read about it in the record."),
    TournamentCode.NOT_OVER: Notice(
        "Only a match that two players had, and that is over, can be corrected.", "warning"
    ),
    TournamentCode.ALREADY_INVITED: Notice(
        "That challenge is open already. Wait for the answer.", "warning"
    ),
    TournamentCode.NO_SUCH_FRIEND: Notice(
        "Only friends can be challenged, and you are none now.", "warning"
    ),
    TournamentCode.NOT_VERIFIED: Notice(
        "Verify your e-mail address first, then you can play others.", "warning"
    ),
    TournamentCode.NO_SUCH_INVITATION: Notice(
        "That invitation is not there, or not for you.", "warning"
    ),
    TournamentCode.OWN_INVITATION: Notice(
        "That is your own invitation. Somebody else has to accept it.", "warning"
    ),
    TournamentCode.TOO_MANY_INVITATIONS_OPEN: Notice(
        "Too many of your invitations are open. Take some back first.", "warning"
    ),
    TournamentCode.INVITATION_OVER: Notice("That invitation is over.", "warning"),
    "games_refused": Notice("That did not work. Look again, and try once more.", "warning"),
    "tournament_made": Notice(
        "Made. It is a draft that only you see; open it once it is as you want it."
    ),
    "hotseat_made": Notice("Made. Only you see it. Begin once everybody is at the keyboard."),
    "tournament_entered": Notice("You are in. See you on court."),
    "tournament_in_line": Notice(
        "It is full, so you are in line. Who leaves makes room for the first in it."
    ),
    "tournament_left": Notice("You are out of it."),
    "tournament_checked_in": Notice("Thank you. You are here, and your place is kept."),
    "tournament_back_in": Notice("Welcome back. You play from the next round on."),
    "tournament_opened": Notice("It is open. Whoever may see it can enter."),
    "tournament_started": Notice("It has begun. The first matches are called."),
    "tournament_cancelled": Notice("Cancelled. The record says why."),
    "tournament_changed": Notice("Changed."),
    "tournament_removed": Notice("They are out. The record says why."),
    "seeded_by_rating": Notice("Seeded by rating, the highest first."),
    "seeded_by_random": Notice(
        "Drawn. The number of the draw is on the overview: with it anybody can draw again."
    ),
    "tournament_closed": Notice("It takes nobody at the moment. Registration is over.", "warning"),
    "tournament_out": Notice(
        "The organiser has taken you out of it; the record says why.", "warning"
    ),
    TournamentCode.INVITATION_NEEDED: Notice(
        "Entering takes the link that the organiser sends around. Ask them for it.", "warning"
    ),
    "tournament_not_now": Notice(
        "That is not possible at this moment. This is how things stand now.", "warning"
    ),
    TournamentCode.TOO_FEW: Notice(
        "It takes two players who are here. It can start when they are.", "warning"
    ),
    TournamentCode.TOO_SMALL: Notice(
        "More have entered than that. Choose a size that has room for them.", "warning"
    ),
    TournamentCode.TOO_MANY_TOURNAMENTS: Notice(
        "Many of your tournaments are not over. Finish or cancel some first.", "warning"
    ),
    TournamentCode.NOT_ORGANISER: Notice("Only its organiser may do that.", "warning"),
    "tournament_not_entered": Notice("You are not in this tournament.", "warning"),
    "tournament_no_such_entry": Notice("They are not in it any more.", "warning"),
    AuthCode.NO_SUCH_PLAYER: Notice("There is no player of that name any more.", "warning"),
    "request_gone": Notice("That request is not there any more.", "warning"),
    "friends_refused": Notice("That did not work. Reload the page and try again.", "warning"),
}
