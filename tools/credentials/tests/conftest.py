import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from credentials.elastic import ensure_elastic_certificates

# The day on which the files are created; tests add days to it.
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Elastic's certificates and keys, created in an empty folder. Creating
    them takes 1 s of CPU time."""
    folder = tmp_path_factory.mktemp("elastic")
    for _ in ensure_elastic_certificates(folder, NOW, mode=0o444):
        pass
    return folder


@pytest.fixture
def kept(made_once: Path, tmp_path: Path) -> Path:
    """A copy of these files that a test may change."""
    return shutil.copytree(made_once, tmp_path / "kept")
