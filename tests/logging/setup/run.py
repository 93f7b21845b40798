"""Runs setup.sh with the environment and files that its container provides."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from credentials.certificate import CertificateFiles, make_certificate
from tests.logging.setup.elastic_stand_in import KIBANA, ElasticStandIn

ELK = Path(__file__).parents[3] / "ops" / "elk"
# Contains all characters that JSON, curl's configuration, bash or basic
# authentication could misread.
NASTY = r"""e"l\a$s`t'i&c: #{%}~ $(id) \n"""
PASSWORDS = {
    "ELASTIC_PASSWORD": NASTY,
    "KIBANA_SYSTEM_PASSWORD": f"kibana-{NASTY}",
    "LOGSTASH_WRITER_PASSWORD": f"logstash-{NASTY}",
    "OPERATOR_PASSWORD": "operator-a_b-C9",
}
# Retries at once and waits long enough for a busy machine; a test of timeouts sets shorter ones.
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
    """A copy of the files as in the container, whose script runs against the stand-in."""

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
        """Run the script, which must fail, and return its message."""
        ended = self.run(verb, **changes)
        assert (ended.status, ended.message.count("\n")) == (1, 1), ended
        return ended.message

    def succeed(self, verb: str = "elasticsearch", **changes: str) -> list[str]:
        """Run the script, which must succeed, and return its requests."""
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
