from services.auth.tests.mailbox import verified
from services.auth.tests.people import sign_up
from services.auth.tests.service_under_test import Auth


async def test_a_player_sees_their_own_account(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    answer = await alice.get("/me")
    assert answer.status_code == 200
    me = answer.json()
    assert me.pop("id")
    assert me == {
        "username": "Alice",
        "display_name": "Alice",
        "email": "Alice@example.org",
        "email_verified": False,
        "pending_email": None,
        "roles": [],
        "created_at": f"{auth.clock.now:%Y-%m-%dT%H:%M:%S.%fZ}",
        "expires_at": me["expires_at"],
        "has_password": True,
        "two_factor": False,
        "avatar": None,
    }
    assert me["expires_at"] > me["created_at"]


async def test_a_verified_account_is_a_player_and_does_not_expire(auth: Auth) -> None:
    me = (await (await verified(auth, "Alice")).get("/me")).json()
    assert (me["email_verified"], me["roles"], me["expires_at"]) == (True, ["player"], None)


async def test_a_token_of_a_deleted_account_is_refused(auth: Auth) -> None:
    alice = await sign_up(auth, "Alice")
    await auth.execute("DELETE FROM accounts")
    assert (await alice.get("/me")).json()["code"] == "session_over"


async def test_registering_is_logged_without_the_address(auth: Auth) -> None:
    registered = (await auth.register("Alice")).json()
    [event] = auth.log.of("user-register")
    assert event["user.id"] == registered["id"]
    assert "@example.org" not in str(auth.log.events)
