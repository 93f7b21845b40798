"""One platform whose lines are kept in files, on which everything that is logged has happened."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.fixtures.launched import launched_platform
from tests.fixtures.platform import MANY_PLAYERS_AT_ONE_ADDRESS
from tests.fixtures.ports import HOST, free_ports
from tests.fixtures.provider import OpenIdProcess
from tests.logging.day import Day
from tests.logging.lines import FILES, GATEWAY, WRITERS, Written
from tests.logging.logstash.pipeline import Document, documents

# Where the tests run as root, nginx's workers run as another account, and pytest's own folders are closed to that.
WRITABLE_BY_ALL = 0o777


@pytest.fixture(scope="session")
def folder_of_logs() -> Iterator[Path]:
    with TemporaryDirectory(prefix="transcendence-logs-") as name:
        folder = Path(name)
        folder.chmod(WRITABLE_BY_ALL)
        yield folder


@pytest.fixture(scope="session")
async def day(
    openid_provider: OpenIdProcess,
    folder_of_logs: Path,
) -> Day:
    """The day has passed, and the platform has stopped: all that it had to say is written."""
    chosen = {"LOG_DIR": str(folder_of_logs), "GATEWAY_LOG_FILE": f"{folder_of_logs}/access.json"}
    [nobody] = free_ports(1)
    away = {
        "OAUTH_GITHUB_CLIENT_ID": "transcendence",
        "OAUTH_GITHUB_CLIENT_SECRET": "any-will-do",
        "OAUTH_GITHUB_URL": f"http://{HOST}:{nobody}",
    }
    with launched_platform(
        {**MANY_PLAYERS_AT_ONE_ADDRESS, **openid_provider.environment, **away, **chosen}
    ) as platform:
        day = Day(platform, Written(folder_of_logs))
        await day.pass_by(openid_provider)
    return day


@pytest.fixture(scope="session")
def stored(day: Day) -> list[Document]:
    """What Elasticsearch would hold of that day."""
    found: list[Document] = []
    for writer in WRITERS:
        name = "access" if writer == GATEWAY else writer
        assert FILES[writer].fullmatch(f"{name}.json")
        found += documents(day.written.raw(writer), f"/logs/{writer}/{name}.json")
    return found
