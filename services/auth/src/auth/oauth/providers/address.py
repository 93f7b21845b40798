"""Whether an address that a provider names could be an account's."""

from auth.accounts import emails


def usable_address(email: str | None) -> str | None:
    """Return the address, or None where nobody could register with it."""
    if email is None or emails.complaint_about(email):
        return None
    return email
