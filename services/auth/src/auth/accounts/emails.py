"""Validates and normalises email addresses. Pure functions.

The check is pragmatic: it finds typing mistakes. Only an email can tell whether the address is read.
"""

import re
from unicodedata import normalize

LONGEST_EMAIL = 254
LONGEST_RAW_EMAIL = 4 * LONGEST_EMAIL
"""Characters accepted before normalising. Decomposed letters are longer, and normalising takes time with the square of
the consecutive accents while the event loop waits."""
LONGEST_LOCAL_PART = 64
LONGEST_LABEL = 63

CHARACTERS_NEEDING_QUOTES = frozenset('"(),:;<>[]\\')
"""Characters allowed only in a quoted local part, which is unused in practice and causes trouble in mail headers."""
DOMAIN_LABEL = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")


def email_key_of(email: str) -> str:
    """Return the key that all spellings of one address share.

    By the standard only the domain is case-insensitive, but no provider distinguishes Ann@ from ann@, and people type
    both.
    """
    return normalize("NFKC", email[: LONGEST_RAW_EMAIL + 1]).lower()


def as_stored_email(email: str) -> str:
    """Return the form of an address that is stored, shown and used to send.

    An email proves only who reads the mailbox that it went to: two addresses with one key may differ in case, but the
    mailbox with a full-width `a` may belong to another person.
    """
    return normalize("NFKC", email[: LONGEST_RAW_EMAIL + 1])


def problem_with_email(email: str) -> str | None:
    """Return a sentence that tells the owner what is wrong with an address, or None if it is valid."""
    if not email:
        return "Enter your email address."
    # The key is checked too: one character can expand to eighteen, some of them an @ or a blank.
    key = email_key_of(email)
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
        and not CHARACTERS_NEEDING_QUOTES & set(local)
        and all(local.split("."))
    )


def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    return len(labels) > 1 and all(
        len(label) <= LONGEST_LABEL and DOMAIN_LABEL.fullmatch(label) for label in labels
    )
