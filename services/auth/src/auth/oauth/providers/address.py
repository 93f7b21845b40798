"""Checks whether an address from a provider can be used for an account."""

from auth.accounts import emails


def usable_address(email: str | None) -> str | None:
    """Return the address, or None if it could not be registered, or normalising would change it into another one."""
    if email is None or emails.problem_with_email(email) or emails.as_stored_email(email) != email:
        return None
    return email
