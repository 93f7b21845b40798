import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from credentials.elastic import keep_elastic_certificates

# The day on which all of this is made; tests add days to it.
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Elastic's certificates and keys as they are made in an empty folder, which takes a second of CPU time."""
    folder = tmp_path_factory.mktemp("elastic")
    for _ in keep_elastic_certificates(folder, NOW, mode=0o444):
        pass
    return folder


@pytest.fixture
def kept(made_once: Path, tmp_path: Path) -> Path:
    """A copy of them that a test may change."""
    return shutil.copytree(made_once, tmp_path / "kept")
