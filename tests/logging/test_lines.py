"""The log lines of a running platform on a day on which every kind of event happens once."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.fixtures.ecs import faults
from tests.logging.day import Day
from tests.logging.lines import FILES, GATEWAY, SERVICES, WRITERS, Line, value
from tests.logging.logstash.pipeline import Document, documents
from tests.logging.mappings import refusals
from tests.logging.secrets import forms_in
from tests.logging.test_events import listed

pytestmark = pytest.mark.thorough

STREAM_OF_GATEWAY = "logs-nginx.access-transcendence"
STREAM_OF_SERVICES = "logs-app-transcendence"


def test_every_writer_has_written_lines(day: Day) -> None:
    assert {writer: any(day.written.raw(writer)) for writer in WRITERS} == dict.fromkeys(
        WRITERS, True
    )


def test_every_line_is_valid_ecs(day: Day) -> None:
    assert Counter(fault for line in day.written.lines() for fault in faults(line)) == Counter()


def test_every_line_reaches_the_stream_of_its_writer(day: Day) -> None:
    for writer in WRITERS:
        found = list(_documents(day, writer))
        stream = STREAM_OF_GATEWAY if writer == GATEWAY else STREAM_OF_SERVICES
        assert Counter(document.stream for document in found) == {stream: len(found)}
        assert len(found) == len(list(day.written.raw(writer)))


def test_no_two_lines_share_an_id(day: Day) -> None:
    ids = Counter(document.id for writer in WRITERS for document in _documents(day, writer))
    assert {each: count for each, count in ids.items() if count > 1} == {}


def test_every_document_fits_its_mapping(day: Day) -> None:
    found = Counter(
        refusal
        for writer in WRITERS
        for document in _documents(day, writer)
        for refusal in refusals(document.stream, document.fields)
    )
    assert found == Counter()


def test_documents_of_logstash_are_valid_ecs(day: Day) -> None:
    found = Counter(
        fault
        for writer in WRITERS
        for document in _documents(day, writer)
        for fault in faults(document.fields)
    )
    assert found == Counter()


def test_one_request_has_a_line_of_every_service_that_took_part(day: Day) -> None:
    """ui composes these pages from answers of history and auth."""
    for path, writers in {
        "/leaderboard": {GATEWAY, "ui", "history"},
        "/register": {GATEWAY, "ui", "auth"},
        "/play/matches": {GATEWAY, "ui", "history"},
        "/settings/security": {GATEWAY, "ui", "auth"},
    }.items():
        ids = [
            value(line, "http.request.id")
            for line in day.written.lines(GATEWAY)
            if value(line, "url.path") == path and value(line, "http.response.status_code") < 500
        ]
        took_part = [
            {value(line, "service.name") for line in day.written.of_request(request_id)}
            for request_id in ids
        ]
        assert writers in took_part, (path, took_part)


def test_every_request_through_the_gateway_has_its_id(day: Day) -> None:
    """Requests that services make on their own account begin inside and have other IDs."""
    of_gateway = {value(line, "http.request.id") for line in day.written.lines(GATEWAY)}
    of_gateway |= day.faults.request_ids
    begun_inside = {
        str(value(line, "url.path"))
        for line in day.written.lines(*SERVICES)
        if value(line, "event.action") == "request"
        and value(line, "http.request.id") not in of_gateway
    }
    own = ("/internal/", "/api/user/.well-known/jwks.json")
    assert {path for path in begun_inside if not path.startswith(own)} == set()


def test_deferred_work_of_a_request_has_its_id(day: Day) -> None:
    """A mail leaves through the outbox, after the answer."""
    asked = {
        value(line, "http.request.id")
        for line in day.written.lines(GATEWAY)
        if value(line, "url.path") == "/api/user/password/reset-requests"
    }
    delivered = day.written.events("outbox-delivery")
    assert asked & {value(line, "http.request.id") for line in delivered}


def test_a_refused_match_is_logged_with_reason_player_and_request(day: Day) -> None:
    (line,) = day.written.events("match-refused")
    assert value(line, "event.reason")
    assert value(line, "user.id")
    assert value(line, "labels.match_id")
    request = list(day.written.of_request(value(line, "http.request.id")))
    assert {value(each, "service.name") for each in request} == {GATEWAY, "history"}
    (gateway,) = (each for each in request if value(each, "service.name") == GATEWAY)
    assert value(gateway, "http.response.status_code") == 422
    assert value(gateway, "user.id") == value(line, "user.id")
    assert value(gateway, "client.ip") == "127.0.0.1"


def test_the_events_of_a_match_are_found_by_its_id(day: Day) -> None:
    paired = day.written.events("players-paired")
    (match_id,) = {value(line, "labels.match_id") for line in paired} - {None}
    life = [
        value(line, "event.action")
        for line in sorted(day.written.lines(*SERVICES), key=_moment)
        if value(line, "labels.match_id") == match_id
    ]
    for action in ("players-paired", "match-ended", "match-verified"):
        assert action in life, life
    assert life.index("players-paired") < life.index("match-ended") < life.index("match-verified")


def test_exactly_the_listed_events_happen_on_this_day(day: Day) -> None:
    seen = {value(line, "event.action") for line in day.written.lines(*SERVICES)} - {None}
    assert sorted(seen - listed().keys()) == []
    assert sorted(listed().keys() - seen) == []


def test_no_line_holds_a_secret_of_the_day(day: Day) -> None:
    assert len(day.secrets) > 20
    assert sorted(set(day.secrets.known_in(day.written.raw()))) == []


def test_no_line_holds_a_text_that_looks_like_a_secret(day: Day) -> None:
    assert sorted(set(forms_in(day.written.raw()))) == []


def test_the_output_of_the_parts_holds_no_secret(day: Day) -> None:
    assert sorted(set(day.secrets.known_in(day.written.of_parts()))) == []


def _documents(day: Day, writer: str) -> Iterator[Document]:
    name = "access" if writer == GATEWAY else writer
    assert FILES[writer].fullmatch(f"{name}.json")
    yield from documents(day.written.raw(writer), f"/logs/{writer}/{name}.json")


def _moment(line: Line) -> tuple[str, int]:
    return str(line["@timestamp"]), int(value(line, "event.sequence") or 0)
