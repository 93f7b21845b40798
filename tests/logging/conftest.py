"""A platform that writes its log to files and on which every kind of event has happened."""

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

# If the tests run as root, nginx's workers have another account, which cannot
# enter pytest's own folders.
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
    """The finished day. The platform has stopped, so all its lines are written."""
    chosen = {"LOG_DIR": str(folder_of_logs), "GATEWAY_LOG_FILE": f"{folder_of_logs}/access.json"}
    [unused_port] = free_ports(1)
    away = {
        "OAUTH_GITHUB_CLIENT_ID": "transcendence",
        "OAUTH_GITHUB_CLIENT_SECRET": "any-will-do",
        "OAUTH_GITHUB_URL": f"http://{HOST}:{unused_port}",
    }
    with launched_platform(
        {**MANY_PLAYERS_AT_ONE_ADDRESS, **openid_provider.environment, **away, **chosen}
    ) as platform:
        day = Day(platform, Written(folder_of_logs))
        await day.pass_by(openid_provider)
    return day


@pytest.fixture(scope="session")
def stored(day: Day) -> list[Document]:
    """The documents that Elasticsearch would hold of that day."""
    found: list[Document] = []
    for writer in WRITERS:
        name = "access" if writer == GATEWAY else writer
        assert FILES[writer].fullmatch(f"{name}.json")
        found += documents(day.written.raw(writer), f"/logs/{writer}/{name}.json")
    return found
