"""Supervised processes: writes supervisord's configuration, runs it, and talks to it."""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import cast
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import Faults, SupervisorTransport

from launcher.errors import LaunchError, NotReady
from launcher.leftovers import SOCKETS_LINK
from launcher.parts import Part, Stage

# Alive this long counts as started; a part that ends sooner is tried again twice, then given up. Once is not
# enough: the first new PostgreSQL may still meet processes of one that was killed.
STARTED_AFTER_SECONDS = 1
START_RETRIES = 2
LOG_BYTES = "5MB"
LOG_BACKUPS = 2


class SupervisorEnded(LaunchError):
    def __init__(self, log: Path) -> None:
        super().__init__(
            f"The process supervisor ended unexpectedly (log: {log}): nothing is lost, "
            "run `make up` again"
        )


class StartRefused(LaunchError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} cannot be started: {reason}")


@dataclass(frozen=True)
class ProcessInfo:
    """`state` in supervisord's words; `pid` is 0 while nothing runs."""

    state: str
    pid: int

    @property
    def given_up(self) -> bool:
        return self.state in ("FATAL", "UNKNOWN")

    @property
    def stopped(self) -> bool:
        return self.state in ("STOPPED", "EXITED", "FATAL", "UNKNOWN")


class Supervision:
    """supervisord and the line to it. Construct, `open`, use, `close`."""

    def __init__(self, folder: Path, logs: Path, stages: Sequence[Stage]) -> None:
        self._folder = folder
        self._logs = logs
        self._stages = stages
        self._groups = {
            part.name: f"stage{number}"
            for number, stage in enumerate(stages, start=1)
            for part in stage.parts
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._transport: SupervisorTransport | None = None
        self._server: ServerProxy | None = None

    @property
    def own_log(self) -> Path:
        return self._logs / "supervisor.log"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def log_of(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def open(self) -> None:
        """Starts supervisord with every part stopped; `check_open` tells when it listens."""
        socket_folder = Path(tempfile.mkdtemp(prefix="transcendence-"))
        link = self._folder / SOCKETS_LINK
        link.unlink(missing_ok=True)
        link.symlink_to(socket_folder)
        configuration = self._folder / "supervisord.conf"
        self._write_configuration(configuration, socket_folder / "socket")
        with self.own_log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "launcher.daemon", str(configuration), str(socket_folder)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                # The terminal's Ctrl-C is the launcher's alone, which stops the parts in order.
                start_new_session=True,
            )
        self._transport = SupervisorTransport(None, None, f"unix://{socket_folder / 'socket'}")
        self._server = ServerProxy("http://localhost", transport=self._transport)

    async def check_open(self) -> None:
        """Raises NotReady until supervisord listens, SupervisorEnded when it never will."""
        try:
            self.infos()
        except SupervisorEnded:
            if self.has_ended():
                raise
            raise NotReady("the process supervisor does not listen yet") from None

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def infos(self) -> dict[str, ProcessInfo]:
        answer = cast("list[dict[str, str | int]]", self._call("getAllProcessInfo"))
        return {
            str(info["name"]): ProcessInfo(str(info["statename"]), int(info["pid"]))
            for info in answer
        }

    def start(self, part: Part) -> None:
        """Returns at once. Raises StartRefused for a command that does not exist."""
        try:
            self._call("startProcess", self._full_name(part), False)
        except Fault as fault:
            raise StartRefused(part.name, fault.faultString) from fault

    def request_stop(self, parts: Iterable[Part]) -> None:
        """Signals each part that runs; supervisord kills those that outlast their limit."""
        for part in parts:
            try:
                self._call("stopProcess", self._full_name(part), False)
            except Fault as fault:
                if fault.faultCode != Faults.NOT_RUNNING:
                    raise

    def request_shutdown(self) -> None:
        self._call("shutdown")

    def close(self) -> None:
        """Lets go of supervisord; it stops whatever still runs and ends."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def _full_name(self, part: Part) -> str:
        return f"{self._groups[part.name]}:{part.name}"

    def _call(self, method: str, *arguments: str | bool) -> object:
        if self._server is None or self._transport is None:
            raise SupervisorEnded(self.own_log)
        try:
            return getattr(self._server.supervisor, method)(*arguments)
        except Fault as fault:
            if fault.faultCode == Faults.SHUTDOWN_STATE:
                raise SupervisorEnded(self.own_log) from fault
            raise
        except (OSError, HTTPException) as error:
            # A connection that failed in mid-request refuses every later one.
            self._transport.close()
            raise SupervisorEnded(self.own_log) from error

    def _write_configuration(self, path: Path, socket: Path) -> None:
        lines = [*_frame(self._folder, self.own_log, socket)]
        for number, stage in enumerate(self._stages, start=1):
            if not stage.parts:
                continue
            names = ",".join(part.name for part in stage.parts)
            lines += [f"[group:stage{number}]", f"programs={names}", f"priority={number}"]
            for part in stage.parts:
                lines += _program(part, self.log_of(part.name))
        path.unlink(missing_ok=True)
        # It carries the secrets of the services.
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")


def _frame(folder: Path, log: Path, socket: Path) -> list[str]:
    return [
        "[unix_http_server]",
        f"file={_literal(socket)}",
        "chmod=0700",
        "[supervisord]",
        f"logfile={_literal(log)}",
        f"logfile_maxbytes={LOG_BYTES}",
        f"logfile_backups={LOG_BACKUPS}",
        f"pidfile={_literal(folder / 'supervisord.pid')}",
        "silent=true",
        "nocleanup=true",
        *(["user=root"] if os.geteuid() == 0 else []),
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    ]


def _program(part: Part, log: Path) -> list[str]:
    return [
        f"[program:{part.name}]",
        f"command={_literal(shlex.join(part.command))}",
        f"directory={_literal(part.directory)}",
        f"environment={_environment(part)}",
        *([f"user={part.account.name}"] if part.account else []),
        "autostart=false",
        "autorestart=true",
        f"startsecs={STARTED_AFTER_SECONDS}",
        f"startretries={START_RETRIES}",
        f"stopsignal={part.stop_signal}",
        f"stopwaitsecs={part.stop_limit}",
        "killasgroup=true",
        "redirect_stderr=true",
        f"stdout_logfile={_literal(log)}",
        f"stdout_logfile_maxbytes={LOG_BYTES}",
        f"stdout_logfile_backups={LOG_BACKUPS}",
    ]


def _environment(part: Part) -> str:
    return ",".join(f'{name}="{_literal(value)}"' for name, value in part.environment.items())


def _literal(value: str | Path) -> str:
    """supervisord expands `%(name)s` everywhere."""
    return str(value).replace("%", "%%")
