"""Texts of a notice for each security action."""

import msgspec

from auth.security_log import actions

RESET_AND_CHECK_ADVICE = (
    "Choose a new password now, which signs out all devices, and then check your security settings."
)


class NoticeWords(msgspec.Struct, frozen=True):
    """The subject, the first sentence, the advice if it was another person, and the address of the page for it."""

    subject: str
    sentence: str
    advice: str = RESET_AND_CHECK_ADVICE
    button: str = "Choose a new password"
    path: str = "/forgot"


WORDS = {
    actions.EMAIL_CHANGE_ASKED: NoticeWords(
        "Your email address is about to change",
        "Someone asked to change the email address of your account. This address stays in use until the new one is"
        " confirmed.",
        "Choose a new password now. This signs out all devices and cancels the change.",
    ),
    actions.EMAIL_CHANGED: NoticeWords(
        "Your email address was changed",
        "Your account now uses another email address. This is the last email to this one.",
        "Sign in now, choose a new password and change the address back. If you can’t sign in, contact the people who"
        " run this site.",
        "Change it back",
        "/settings/account",
    ),
    actions.PASSWORD_CHANGED: NoticeWords(
        "Your password was changed",
        "The password of your account was changed, and all other devices were signed out.",
    ),
    actions.PASSWORD_RESET: NoticeWords(
        "Your password was reset",
        "A new password was chosen for your account with a link from an email to this address, and all devices were"
        " signed out.",
    ),
    actions.TWO_FACTOR_ENABLED: NoticeWords(
        "Two-factor sign-in is on",
        "Signing in to your account now requires a code as well as the password.",
    ),
    actions.TWO_FACTOR_DISABLED: NoticeWords(
        "Two-factor sign-in is off",
        "Signing in to your account no longer requires a code.",
    ),
    actions.RECOVERY_CODES_RENEWED: NoticeWords(
        "You have new recovery codes",
        "New recovery codes were created for your account. The old ones no longer work.",
    ),
    actions.RECOVERY_CODE_USED: NoticeWords(
        "A recovery code was used",
        "Someone signed in to your account with a recovery code. Each code works once.",
    ),
    actions.PASSKEY_ADDED: NoticeWords(
        "A passkey was added", "A new passkey can now sign in to your account."
    ),
    actions.PASSKEY_REMOVED: NoticeWords(
        "A passkey was removed",
        "A passkey was removed from your account. It can no longer sign in.",
    ),
    actions.IDENTITY_LINKED: NoticeWords(
        "A sign-in method was added",
        "Your account was linked to an external account, which can now sign in.",
    ),
    actions.IDENTITY_UNLINKED: NoticeWords(
        "A sign-in method was removed",
        "An external account was unlinked from your account.",
    ),
    actions.DATA_EXPORTED: NoticeWords(
        "Your data was downloaded", "Someone downloaded a copy of the data we store about you."
    ),
}

DEFAULT_NOTICE_WORDS = NoticeWords(
    "Your account was changed", "A security setting of your account was changed."
)


def notice_words_of(action: str) -> NoticeWords:
    return WORDS.get(action, DEFAULT_NOTICE_WORDS)
