from auth.accounts.administrators import set_admin
from services.auth.tests.service_under_test import Auth


async def change(auth: Auth, username: str, *, admin: bool) -> bool:
    async with auth.db.get_session() as session, session.begin():
        return await set_admin(session, username, admin=admin)


async def test_the_role_can_be_granted_once_and_revoked(auth: Auth) -> None:
    await auth.register("Ada")
    for admin, roles in ((True, ["admin"]), (True, ["admin"]), (False, []), (False, [])):
        assert await change(auth, "ADA", admin=admin)
        assert await auth.rows("SELECT roles FROM accounts") == [(roles,)]


async def test_the_role_is_in_the_next_token(auth: Auth) -> None:
    await auth.register("Ada")
    await change(auth, "Ada", admin=True)
    token = (await auth.sign_in("Ada")).json()["access_token"]
    assert (await auth.get("/me", token)).json()["roles"] == ["admin"]


async def test_an_unknown_name_cannot_become_administrator(auth: Auth) -> None:
    assert not await change(auth, "Nobody", admin=True)
