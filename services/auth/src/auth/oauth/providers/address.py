"""Whether an address that a provider names could be an account's."""

from auth.accounts import emails


def usable_address(email: str | None) -> str | None:
    """Return the address, or None where nobody could register with it, or it would become another one by that."""
    if email is None or emails.problem_with(email) or emails.as_stored(email) != email:
        return None
    return email
