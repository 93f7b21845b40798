"""Who deletes their account is told so, if the address is known to be theirs."""

from auth.mail.messages import AccountDeleted
from services.auth.tests.mailbox import kinds, newest, unverified, verified
from services.auth.tests.service_under_test import PASSWORD, Auth

ALICE = "Alice@example.org"


async def test_owner_of_a_deleted_account_gets_a_last_letter(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    assert (await alice.post("/deletion", {"password": PASSWORD})).is_success
    assert (await newest(auth, ALICE, AccountDeleted)).username == "Alice"


async def test_address_that_nobody_verified_gets_none(auth: Auth) -> None:
    alice = await unverified(auth, "Alice")
    assert (await alice.post("/deletion", {"password": PASSWORD})).is_success
    assert await kinds(auth, ALICE) == ["VerifyAddress"]


async def test_refused_deletion_says_no_goodbye(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    assert (await alice.post("/deletion", {"password": "a wrong one"})).is_client_error
    assert await kinds(auth, ALICE) == ["VerifyAddress"]
