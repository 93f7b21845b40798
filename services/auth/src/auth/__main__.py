"""`python -m auth` starts the service; `migrate` updates its database to this version's schema; `grant-admin NAME` and
`revoke-admin NAME` grant and revoke the administrator role.
"""

import argparse
import asyncio
import sys

from auth.settings import AuthSettings
from transcendence_common.commands import run_migrations_of
from transcendence_common.server import serve

COMMANDS = {"grant-admin": True, "revoke-admin": False}


def main() -> int:
    parser = argparse.ArgumentParser(prog="auth", description=__doc__)
    parser.add_argument(
        "command", nargs="?", choices=["serve", "migrate", *COMMANDS], default="serve"
    )
    parser.add_argument("username", nargs="?")
    given = parser.parse_args()
    if (given.command in COMMANDS) != (given.username is not None):
        parser.error("a name belongs to grant-admin and revoke-admin, and only to them")
    settings = AuthSettings.load()
    if given.command in COMMANDS:
        return asyncio.run(_set_admin(settings, given.username, admin=COMMANDS[given.command]))
    if given.command == "migrate":
        run_migrations_of("auth", settings.auth_database_url)
    else:
        serve("auth.app:create_app", settings, port=settings.auth_port)
    return 0


async def _set_admin(settings: AuthSettings, username: str, *, admin: bool) -> int:
    # Not needed to serve or to migrate.
    from auth.accounts.administrators import set_admin  # noqa: PLC0415
    from auth.app import database_of  # noqa: PLC0415

    db = database_of(settings)
    async with db.get_session() as session, session.begin():
        found = await set_admin(session, username, admin=admin)
    await db.get_engine().dispose()
    if not found:
        sys.stderr.write(f"There is no account {username}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
