"""The commands of `python -m <service>`: serve and migrate."""

import argparse

from transcendence_common.server import serve
from transcendence_common.settings import PostgresUrl, Settings


def migrate_or_serve(service: str, settings: Settings, *, port: int, url: PostgresUrl) -> int:
    """Run the command of the command line and return the exit code.

    Args:
        service: the package, whose `app:create_app` is served and whose `migrations` are run.
        settings: the environment.
        port: the port on which it listens.
        url: its database.
    """
    parser = argparse.ArgumentParser(prog=service)
    parser.add_argument("command", nargs="?", choices=["serve", "migrate"], default="serve")
    if parser.parse_args().command == "serve":
        serve(f"{service}.app:create_app", settings, port=port)
    else:
        run_migrations_of(service, url)
    return 0


def run_migrations_of(service: str, url: PostgresUrl) -> None:
    """Migrate a service's database to the schema of this version of its code."""
    # Imported here, because it loads Alembic, which serving does not need.
    from transcendence_common.migrations import migrate_database  # noqa: PLC0415

    migrate_database(service, url)
