"""A stand-in server and a copy of the setup files for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from credentials.certificate import CertificateFiles
from tests.logging.setup.elastic_server import running_stand_in
from tests.logging.setup.elastic_stand_in import ElasticStandIn
from tests.logging.setup.run import ELK, NASTY, Setup, make_files


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> CertificateFiles:
    return make_files(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def server(certificate: CertificateFiles) -> Iterator[ElasticStandIn]:
    passwords = {"elastic": NASTY, "kibana_system": "what it had before"}
    with running_stand_in(certificate.certificate, certificate.key, passwords) as running:
        yield running


@pytest.fixture
def setup(tmp_path: Path, server: ElasticStandIn, certificate: CertificateFiles) -> Setup:
    folder = tmp_path / "setup"
    shutil.copytree(ELK / "elasticsearch", folder)
    shutil.copy(ELK / "setup" / "setup.sh", folder)
    shutil.copy(ELK / "kibana" / "objects.ndjson", folder)
    return Setup(folder, server, certificate.certificate)
