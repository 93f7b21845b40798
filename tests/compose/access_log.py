"""Reads the gateway's access log: which replica each request went to, and with what result."""

import json
from collections import Counter
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from tests.fixtures.docker import try_docker

SHOWN_LINES: Final = 20


def now() -> str:
    """Return the current time in the form that the reading functions take."""
    return datetime.now(UTC).isoformat()


def access_log(gateway: str, since: str) -> list[dict[str, Any]]:
    """Return the lines that a gateway's container has written since a moment."""
    lines = try_docker("logs", "--since", since, gateway).stdout.splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def answered(gateway: str, since: str) -> Counter[str]:
    """Return how many requests each replica (`address:port`) answered since a moment."""
    # Where several replicas were tried, the last one answered.
    return Counter(
        line["nginx"]["upstream"]["address"].rpartition(" ")[2]
        for line in access_log(gateway, since)
        if line["nginx"]["upstream"]["status"] is not None
    )


def tried_in_vain(gateway: str, since: str) -> list[str]:
    """Return the replicas of each request since a moment that needed more than one try."""
    addresses = [line["nginx"]["upstream"]["address"] for line in access_log(gateway, since)]
    return [each for each in addresses if " " in each]


def troubles(gateway: str, since: str) -> str:
    """Return a gateway's failed requests and errors since a moment, for an assertion's message."""
    lines = [
        f"{line['@timestamp']} {line['message']} {line['http']['response']} {line['nginx']}"
        for line in access_log(gateway, since)
        if line["http"]["response"]["status_code"] >= HTTPStatus.BAD_REQUEST
        or " " in line["nginx"]["upstream"]["address"]
    ]
    errors = try_docker("logs", "--since", since, gateway).stderr.splitlines()
    return "\n".join([*lines[:SHOWN_LINES], *errors[:SHOWN_LINES]])
