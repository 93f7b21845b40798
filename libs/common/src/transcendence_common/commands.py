"""What `python -m <service>` does."""

import argparse

from transcendence_common.server import serve
from transcendence_common.settings import PostgresUrl, Settings


def migrate_or_serve(service: str, settings: Settings, *, port: int, url: PostgresUrl) -> int:
    """Do what the command line asks for, and return the exit code.

    Args:
        service: the package, whose `app:create_app` is served and whose `migrations` are run.
        settings: the environment.
        port: where it listens.
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
    """Bring a service's database to the schema of this version of its code."""
    # Alembic, which serves nothing.
    from transcendence_common.migrations import migrate  # noqa: PLC0415

    migrate(service, url)
