from services.auth.tests.service_under_test import Auth


async def test_everybody_sees_their_own_account(auth: Auth) -> None:
    tokens = await auth.signed_in("Alice")
    answer = await auth.get("/me", tokens["access_token"])
    assert answer.status_code == 200
    me = answer.json()
    assert set(me) == {"id", "username", "email", "roles", "created_at"}
    assert (me["username"], me["email"], me["roles"]) == ("Alice", "Alice@example.org", [])
    assert me["created_at"] == auth.clock.now.isoformat().replace("+00:00", "Z")


async def test_nobody_is_nobody(auth: Auth) -> None:
    answer = await auth.get("/me")
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"


async def test_deleted_account_is_nobody(auth: Auth) -> None:
    tokens = await auth.signed_in()
    await auth.execute("DELETE FROM accounts")
    assert (await auth.get("/me", tokens["access_token"])).status_code == 401


async def test_profile_is_public_and_tells_no_address(auth: Auth) -> None:
    registered = (await auth.register("Alice")).json()
    for spelling in ("Alice", "ALICE"):
        answer = await auth.get(f"/players/{spelling}")
        assert answer.status_code == 200
        assert set(answer.json()) == {"id", "username", "created_at"}
        assert answer.json()["id"] == registered["id"]


async def test_profile_is_found_by_a_name_of_any_script(auth: Auth) -> None:
    await auth.register("Николай", email="n@example.org")
    assert (await auth.get("/players/николай")).json()["username"] == "Николай"


async def test_profile_of_nobody_is_missing(auth: Auth) -> None:
    for name in ("Nobody", "%00", "alice@example.org", "%3Cb%3E", "x" * 1000):
        answer = await auth.get(f"/players/{name}")
        assert answer.status_code == 404
        assert answer.json()["code"] == "no_such_player"


async def test_registering_is_logged_without_the_address(auth: Auth) -> None:
    registered = (await auth.register("Alice")).json()
    [event] = auth.log.of("user-register")
    assert event["user.id"] == registered["id"]
    assert "@example.org" not in str(auth.log.events)
