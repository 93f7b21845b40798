"""setup.sh as it is run in the container, with what it is given there."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from credentials.certificate import CertificateFiles, make_certificate
from tests.logging.setup.elastic_stand_in import KIBANA, ElasticStandIn

ELK = Path(__file__).parents[3] / "ops" / "elk"
# With everything that JSON, curl's configuration, bash and basic authentication could take for something else.
NASTY = r"""e"l\a$s`t'i&c: #{%}~ $(id) \n"""
PASSWORDS = {
    "ELASTIC_PASSWORD": NASTY,
    "KIBANA_SYSTEM_PASSWORD": f"kibana-{NASTY}",
    "LOGSTASH_WRITER_PASSWORD": f"logstash-{NASTY}",
    "OPERATOR_PASSWORD": "operator-a_b-C9",
}
# Asks again at once, and has patience with a busy machine; a test of its end asks for less.
PATIENT = {
    "SETUP_POLL_SECONDS": "0.02",
    "SETUP_WAIT_SECONDS": "30",
    "SETUP_SIGN_IN_SECONDS": "30",
    "SETUP_ANSWER_SECONDS": "20",
}


@dataclass
class Ended:
    status: int
    said: str
    message: str


@dataclass
class Setup:
    """A copy of the files as they lie in the container, whose script is run against the stand-in."""

    folder: Path
    server: ElasticStandIn
    authority: Path

    def run(self, verb: str = "elasticsearch", **changes: str) -> Ended:
        addresses = {
            "ELASTIC_URL": self.server.address,
            "KIBANA_URL": f"{self.server.address}{KIBANA}",
            "ELASTIC_CA": str(self.authority),
        }
        ended = subprocess.run(
            [self.folder / "setup.sh", verb],
            env={"PATH": os.environ["PATH"], **PASSWORDS, **PATIENT, **addresses, **changes},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        for password in PASSWORDS.values():
            assert password not in ended.stdout + ended.stderr
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def message(self, verb: str = "elasticsearch", **changes: str) -> str:
        """What it says, as one line, before it gives up."""
        ended = self.run(verb, **changes)
        assert (ended.status, ended.message.count("\n")) == (1, 1), ended
        return ended.message

    def succeed(self, verb: str = "elasticsearch", **changes: str) -> list[str]:
        """Run it and return what it asked for."""
        before = len(self.server.received)
        ended = self.run(verb, **changes)
        assert (ended.status, ended.message) == (0, ""), ended
        return self.server.lines[before:]

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        file = self.folder / name
        file.write_text(change(file.read_text()))


def make_files(folder: Path) -> CertificateFiles:
    files = CertificateFiles(folder / "certificate.pem", folder / "key.pem")
    make_certificate(files, datetime.now(UTC))
    return files
