"""Whether something can be an e-mail address, and when two are the same. Pure.

Pragmatic: it finds slips of the finger. Whether somebody reads mail there, only a mail can tell.
"""

import re
from unicodedata import normalize

LONGEST_EMAIL = 254
RAW_LIMIT = 4 * LONGEST_EMAIL
"""Characters before normalising: decomposed letters are longer, and normalising takes time with the square of the
accents in a row while the event loop waits."""
LONGEST_LOCAL_PART = 64
LONGEST_LABEL = 63

NEEDS_QUOTES = frozenset('"(),:;<>[]\\')
"""Legal in a quoted local part, which nobody has and which invites trouble in mail headers."""
LABEL = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")


def key_of(email: str) -> str:
    """Return what the spellings of one address have in common.

    Only the domain is case-insensitive by the standard, but no provider tells Ann@ from ann@, and people type both.
    """
    return normalize("NFKC", email[: RAW_LIMIT + 1]).lower()


def as_stored(email: str) -> str:
    """Return the form that is stored, shown and written to.

    A letter proves who reads the very mailbox that it went to: two addresses with one key may differ in case, but a
    full-width `a` is perhaps somebody else's `a`.
    """
    return normalize("NFKC", email[: RAW_LIMIT + 1])


def problem_with(email: str) -> str | None:
    """Return what is wrong with an address, as a sentence for its owner; None if nothing is."""
    if not email:
        return "Enter your email address."
    # The key too: one character can stand for eighteen, some of them an @ or a blank.
    key = key_of(email)
    if max(len(email), len(key)) > LONGEST_EMAIL:
        return f"An email address has at most {LONGEST_EMAIL} characters."
    local, _, domain = key.partition("@")
    if not _is_local_part(local) or not _is_domain(domain):
        return "Enter an email address such as name@example.org."
    return None


def _is_local_part(local: str) -> bool:
    return (
        1 <= len(local) <= LONGEST_LOCAL_PART
        and local.isprintable()
        and " " not in local
        and not NEEDS_QUOTES & set(local)
        and all(local.split("."))
    )


def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    return len(labels) > 1 and all(
        len(label) <= LONGEST_LABEL and LABEL.fullmatch(label) for label in labels
    )
