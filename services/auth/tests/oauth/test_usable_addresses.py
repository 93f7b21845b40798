import pytest

from auth.oauth.providers.address import usable_address


@pytest.mark.parametrize("email", ["alice@example.org", "Alice@Example.org", "ännchen@example.org"])
def test_a_registrable_address_is_used_unchanged(email: str) -> None:
    assert usable_address(email) == email


# A full-width `a` may be another mailbox than the `a` to which it would be normalised.
@pytest.mark.parametrize("email", [None, "", "alice", "alice@", "\uff41lice@example.org"])
def test_an_address_that_is_invalid_or_would_change_is_not_used(email: str | None) -> None:
    assert usable_address(email) is None
