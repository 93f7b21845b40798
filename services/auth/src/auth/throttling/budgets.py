"""Every budget of attempts, in one place to compare them.

A place is a `network`, see `Caller`: one IPv6 line has more addresses than anybody could try names from.
"""

from datetime import timedelta
from uuid import UUID

from auth.throttling.limits import Limit

DAY = timedelta(days=1)
LONGEST_WAIT = timedelta(minutes=15)


def sign_in(typed: str, network: str) -> Limit:
    """One person's slips of the finger: a typed name from one place."""
    return Limit(
        "sign-in",
        f"{typed}\0{network}",
        free=5,
        first=timedelta(seconds=2),
        longest=LONGEST_WAIT,
        memory=DAY,
    )


def sign_ins_from(network: str) -> Limit:
    """One place tries many names. A classroom shares one, and those who come in take their attempt back.

    It remembers for less than its longest wait: where people come all day, their slips would add up for ever.
    """
    return Limit(
        "sign-ins-from",
        network,
        free=50,
        first=timedelta(seconds=1),
        longest=LONGEST_WAIT,
        memory=timedelta(minutes=10),
    )


def sign_ins_as(typed: str) -> Limit:
    """Many addresses try one name. Not asked of devices that the account knows: its owner is not kept out."""
    return Limit(
        "sign-ins-as",
        typed,
        free=20,
        first=timedelta(seconds=5),
        longest=LONGEST_WAIT,
        memory=DAY,
    )


def failed_sign_in_notes(whose: str) -> Limit:
    """Rows about failed sign-ins in one account's security log: every slip at first, one an hour under fire.

    That is 35 a day, enough to see that somebody tries and from where, however many guesses there are.
    """
    return Limit(
        "failed-sign-in-notes",
        whose,
        free=5,
        first=timedelta(minutes=1),
        longest=timedelta(hours=1),
        memory=DAY,
    )


def second_factor(account_id: UUID, place: str) -> Limit:
    """Codes of an account over all challenges and sessions; devices that it knows have each a count of their own.

    Three codes in a million are right at a time: 24 guesses a day hit one in 38 years, and the owner is not kept out.
    """
    return Limit(
        "second-factor",
        f"{account_id}\0{place}",
        free=10,
        first=timedelta(seconds=5),
        longest=timedelta(hours=1),
        memory=DAY,
    )


def reauthentication(account_id: UUID) -> Limit:
    """Passwords asked of somebody who is signed in."""
    return Limit(
        "reauthentication",
        str(account_id),
        free=5,
        first=timedelta(seconds=5),
        longest=LONGEST_WAIT,
        memory=DAY,
    )


def avatars_of(account_id: UUID) -> Limit:
    """Pictures that an account sends; each is a second of a processor."""
    return Limit(
        "avatars-of",
        str(account_id),
        free=20,
        first=timedelta(seconds=30),
        longest=LONGEST_WAIT,
        memory=timedelta(hours=1),
    )


def passkey_ceremonies(network: str) -> Limit:
    """Challenges given to whoever asks; each is a row until it is answered or five minutes old."""
    return Limit(
        "passkey-ceremonies",
        network,
        free=100,
        first=timedelta(seconds=1),
        longest=timedelta(minutes=1),
        memory=timedelta(minutes=10),
    )


def oauth_visits(network: str) -> Limit:
    """Visits to providers begun by whoever asks; each is a row until it comes back or is ten minutes old."""
    return Limit(
        "oauth-visits",
        network,
        free=100,
        first=timedelta(seconds=1),
        longest=timedelta(minutes=1),
        memory=timedelta(minutes=10),
    )


def registering(network: str) -> Limit:
    """Tries to open an account, badly filled in or not: a school may share a place, and more comes from no person."""
    return Limit(
        "registering",
        network,
        free=200,
        first=timedelta(seconds=10),
        longest=LONGEST_WAIT,
        memory=DAY,
    )


def letters_to(email_key: str) -> Limit:
    """Letters that anybody can have sent to an address: by registering, asking again, or changing theirs to it."""
    return Limit(
        "letters-to",
        email_key,
        free=5,
        first=timedelta(minutes=1),
        longest=timedelta(hours=1),
        memory=DAY,
    )


def verification_letters(account_id: UUID) -> Limit:
    """Letters asked for again. Nothing gives them back, the letter that was asked for least of all."""
    return Limit(
        "verification-letters",
        str(account_id),
        free=3,
        first=timedelta(minutes=1),
        longest=timedelta(hours=6),
        memory=DAY,
    )


def email_changes(account_id: UUID) -> Limit:
    """Addresses that one account writes to by changing its own to them."""
    return Limit(
        "email-changes",
        str(account_id),
        free=5,
        first=timedelta(minutes=5),
        longest=timedelta(hours=6),
        memory=DAY,
    )


def resets_of(email_key: str) -> Limit:
    """Resets asked for an address, known or not.

    Whoever asks for a stranger's cannot keep them from their own: each that counts brings them a letter.
    """
    return Limit(
        "resets-of",
        email_key,
        free=3,
        first=timedelta(minutes=1),
        longest=timedelta(hours=1),
        memory=DAY,
    )


def resets_from(network: str) -> Limit:
    """Resets asked from one place, which a school may share, of however many people."""
    return Limit(
        "resets-from",
        network,
        free=30,
        first=timedelta(seconds=30),
        longest=LONGEST_WAIT,
        memory=DAY,
    )


def exports(account_id: UUID) -> Limit:
    """Downloads of everything, which may be long."""
    return Limit(
        "exports",
        str(account_id),
        free=5,
        first=timedelta(minutes=1),
        longest=timedelta(hours=1),
        memory=DAY,
    )
