"""Every limit of attempts, in one place to compare them.

Clients are counted by `network`, see `Caller`: one IPv6 connection has far too many addresses to count each.
"""

from datetime import timedelta
from uuid import UUID

from auth.throttling.limits import Limit

DAY = timedelta(days=1)
LONGEST_WAIT = timedelta(minutes=15)


def sign_ins_as_from(typed: str, network: str) -> Limit:
    """Limit of sign-ins with one typed name from one network: a player's typing mistakes."""
    return Limit(
        "sign-in",
        f"{typed}\0{network}",
        free=5,
        first=timedelta(seconds=2),
        longest=LONGEST_WAIT,
        memory=DAY,
    )


def sign_ins_from(network: str) -> Limit:
    """Limit of sign-ins from one network with any names. A classroom shares one, so successful sign-ins do not count.

    Its memory is shorter than its longest wait: otherwise the mistakes of people who sign in all day would add up for
    ever.
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
    """Limit of sign-ins with one name from any network. It does not apply to devices that the account knows, so the
    owner can sign in."""
    return Limit(
        "sign-ins-as",
        typed,
        free=20,
        first=timedelta(seconds=5),
        longest=LONGEST_WAIT,
        memory=DAY,
    )


def failed_sign_in_events(whose: str) -> Limit:
    """Limit of entries about failed sign-ins in one account's security log: each at first, then at most one an hour.

    That is 35 a day: enough to show the attempts and their origin, however many guesses there are.
    """
    return Limit(
        "failed-sign-in-notes",
        whose,
        free=5,
        first=timedelta(minutes=1),
        longest=timedelta(hours=1),
        memory=DAY,
    )


def second_factor_codes(account_id: UUID, device: str) -> Limit:
    """Limit of codes for one account over all challenges and sessions. Each known device has a count of its own.

    Three codes in a million are right at a time: 24 guesses a day hit one in 38 years, and the owner is not locked out.
    """
    return Limit(
        "second-factor",
        f"{account_id}\0{device}",
        free=10,
        first=timedelta(seconds=5),
        longest=timedelta(hours=1),
        memory=DAY,
    )


def reauthentications(account_id: UUID) -> Limit:
    """Limit of passwords entered to reauthenticate on an open session."""
    return Limit(
        "reauthentication",
        str(account_id),
        free=5,
        first=timedelta(seconds=5),
        longest=LONGEST_WAIT,
        memory=DAY,
    )


def avatar_uploads_of(account_id: UUID) -> Limit:
    """Limit of avatars that one account uploads; each takes a second of processor time."""
    return Limit(
        "avatars-of",
        str(account_id),
        free=20,
        first=timedelta(seconds=30),
        longest=LONGEST_WAIT,
        memory=timedelta(hours=1),
    )


def passkey_ceremonies_from(network: str) -> Limit:
    """Limit of passkey ceremonies from one network; each is a row until it is answered or 5 minutes old."""
    return Limit(
        "passkey-ceremonies",
        network,
        free=100,
        first=timedelta(seconds=1),
        longest=timedelta(minutes=1),
        memory=timedelta(minutes=10),
    )


def oauth_visits_from(network: str) -> Limit:
    """Limit of visits to providers from one network; each is a row until it returns or is 10 minutes old."""
    return Limit(
        "oauth-visits",
        network,
        free=100,
        first=timedelta(seconds=1),
        longest=timedelta(minutes=1),
        memory=timedelta(minutes=10),
    )


def registrations_from(network: str) -> Limit:
    """Limit of registrations from one network, valid or not: a school may share a network, and no person needs more."""
    return Limit(
        "registering",
        network,
        free=200,
        first=timedelta(seconds=10),
        longest=LONGEST_WAIT,
        memory=DAY,
    )


def emails_to(email_key: str) -> Limit:
    """Limit of emails to one address that others can trigger: by registering, asking again, or changing their address
    to it."""
    return Limit(
        "letters-to",
        email_key,
        free=5,
        first=timedelta(minutes=1),
        longest=timedelta(hours=1),
        memory=DAY,
    )


def verification_emails_of(account_id: UUID) -> Limit:
    """Limit of verification emails that one account asks for again. Success does not reset it: the count ends only
    after a day without a request."""
    return Limit(
        "verification-letters",
        str(account_id),
        free=3,
        first=timedelta(minutes=1),
        longest=timedelta(hours=6),
        memory=DAY,
    )


def email_changes_of(account_id: UUID) -> Limit:
    """Limit of addresses that one account sends emails to by changing its own address to them."""
    return Limit(
        "email-changes",
        str(account_id),
        free=5,
        first=timedelta(minutes=5),
        longest=timedelta(hours=6),
        memory=DAY,
    )


def resets_of(email_key: str) -> Limit:
    """Limit of password resets for one address, known or not.

    A stranger who uses it up cannot prevent the owner's reset, because each counted request sends the owner a link.
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
    """Limit of password resets from one network, which a school may share."""
    return Limit(
        "resets-from",
        network,
        free=30,
        first=timedelta(seconds=30),
        longest=LONGEST_WAIT,
        memory=DAY,
    )


def exports_of(account_id: UUID) -> Limit:
    """Limit of data exports of one account, which may be long."""
    return Limit(
        "exports",
        str(account_id),
        free=5,
        first=timedelta(minutes=1),
        longest=timedelta(hours=1),
        memory=DAY,
    )
