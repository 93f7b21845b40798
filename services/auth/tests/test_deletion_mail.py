"""A mail about the deletion of an account is sent if its address is verified."""

from auth.mail.messages import AccountDeleted
from services.auth.tests.mailbox import kinds, newest, unverified, verified
from services.auth.tests.service_under_test import PASSWORD, Auth

ALICE = "Alice@example.org"


async def test_the_owner_of_a_deleted_account_gets_a_last_mail(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    assert (await alice.post("/deletion", {"password": PASSWORD})).is_success
    assert (await newest(auth, ALICE, AccountDeleted)).username == "Alice"


async def test_an_unverified_address_gets_no_mail(auth: Auth) -> None:
    alice = await unverified(auth, "Alice")
    assert (await alice.post("/deletion", {"password": PASSWORD})).is_success
    assert await kinds(auth, ALICE) == ["VerifyAddress"]


async def test_a_refused_deletion_sends_no_mail(auth: Auth) -> None:
    alice = await verified(auth, "Alice")
    assert (await alice.post("/deletion", {"password": "a wrong one"})).is_client_error
    assert await kinds(auth, ALICE) == ["VerifyAddress"]
