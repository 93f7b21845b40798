import pytest

from auth.oauth.providers.address import usable_address


@pytest.mark.parametrize("email", ["alice@example.org", "Alice@Example.org", "ännchen@example.org"])
def test_address_that_could_be_registered_is_taken_as_it_is(email: str) -> None:
    assert usable_address(email) == email


# A full-width `a` is perhaps another mailbox than the `a` that it would become.
@pytest.mark.parametrize("email", [None, "", "alice", "alice@", "\uff41lice@example.org"])
def test_address_that_could_not_or_would_become_another_is_none(email: str | None) -> None:
    assert usable_address(email) is None
