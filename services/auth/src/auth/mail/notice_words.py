"""What a notice says of each action."""

import msgspec

from auth.security_log import actions

RESET_AND_LOOK = (
    "Choose a new password at once, which signs every device out, and then look through the security settings of your"
    " account."
)


class NoticeWords(msgspec.Struct, frozen=True):
    """A subject, the sentence that the letter begins with, and what to do where it was somebody else, and where."""

    subject: str
    sentence: str
    advice: str = RESET_AND_LOOK
    button: str = "Choose a new password"
    path: str = "/forgot"


WORDS = {
    actions.EMAIL_CHANGE_ASKED: NoticeWords(
        "Your e-mail address is about to change",
        "Somebody asked to change the e-mail address of your account. The new address has to be confirmed first;"
        " until then this one stays.",
        "Choose a new password at once: it signs every device out, and the change is forgotten.",
    ),
    actions.EMAIL_CHANGED: NoticeWords(
        "Your e-mail address was changed",
        "Your account has another e-mail address from now on. This is the last letter to this one.",
        "Sign in at once, choose another password and change the address back. If you cannot sign in any more, turn to"
        " whoever runs this place.",
        "Change it back",
        "/settings/account",
    ),
    actions.PASSWORD_CHANGED: NoticeWords(
        "Your password was changed",
        "The password of your account was changed, and every other device was signed out.",
    ),
    actions.PASSWORD_RESET: NoticeWords(
        "Your password was reset",
        "A new password was chosen for your account with a link from a letter to this address, and every device was"
        " signed out.",
    ),
    actions.TWO_FACTOR_ENABLED: NoticeWords(
        "Two-factor sign-in is on",
        "Signing in to your account now asks for a code besides the password.",
    ),
    actions.TWO_FACTOR_DISABLED: NoticeWords(
        "Two-factor sign-in is off",
        "Signing in to your account no longer asks for a code besides the password.",
    ),
    actions.RECOVERY_CODES_RENEWED: NoticeWords(
        "You have new recovery codes",
        "New recovery codes were made for your account. The old ones no longer work.",
    ),
    actions.RECOVERY_CODE_USED: NoticeWords(
        "A recovery code was used",
        "Somebody signed in to your account with one of its recovery codes. Each of them works once.",
    ),
    actions.PASSKEY_ADDED: NoticeWords(
        "A passkey was added", "Your account can be signed in to with another passkey now."
    ),
    actions.PASSKEY_REMOVED: NoticeWords(
        "A passkey was removed",
        "A passkey was removed from your account. It can no longer be used to sign in.",
    ),
    actions.IDENTITY_LINKED: NoticeWords(
        "Another way to sign in was added",
        "Your account was linked with one at another service, which can now be used to sign in.",
    ),
    actions.IDENTITY_UNLINKED: NoticeWords(
        "A way to sign in was removed",
        "The link between your account and one at another service was removed.",
    ),
    actions.DATA_EXPORTED: NoticeWords(
        "Your data was downloaded", "Somebody downloaded a copy of everything we keep about you."
    ),
}

OF_ANYTHING_ELSE = NoticeWords(
    "Your account was changed", "Something about the security of your account was changed."
)


def words_of(action: str) -> NoticeWords:
    return WORDS.get(action, OF_ANYTHING_ELSE)
