"""Lines of a real nginx with the gateway's configuration, and the resulting documents."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.gateway.conftest import running_services
from tests.gateway.nginx import Gateway, running_gateway, wait_for
from tests.gateway.tokens import ALICE, SigningKey
from tests.logging.logstash.pipeline import Document, Json, documents

STREAM = "logs-nginx.access-transcendence"
PATH = "/logs/gateway/access.json"
TEMPLATE = Path(__file__).parents[3] / "gateway/templates/log.conf.template"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
# Fields for which nginx always has a value.
NEVER_EMPTY = {
    *("client.ip", "event.outcome", "host.name", "http.request.id", "trace.id", "url.scheme"),
}
HANG_UP_SECONDS = 0.3


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return SigningKey("first")


@pytest.fixture(scope="module")
def gateway(key: SigningKey) -> Iterator[Gateway]:
    with running_services(key) as services, running_gateway(services, logs={}) as gateway:
        wait_for(lambda: services.auth.key_reads, "the gateway to read the keys")
        yield gateway


@pytest.fixture(scope="module")
def client(gateway: Gateway) -> Iterator[httpx.Client]:
    with gateway.client() as client:
        yield client


def field(document: Document, name: str) -> Json:
    value: Json = document.fields
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def arrived(gateway: Gateway, name: str, value: Json) -> Document:
    """Return the only document with this value in a field, once nginx has written its line."""

    def found() -> list[Document]:
        if not gateway.log_file.exists():
            return []
        text = gateway.log_file.read_bytes().decode("utf-8", "surrogateescape")
        lines = text.split("\n")[:-1]
        return [each for each in documents(lines, PATH) if field(each, name) == value]

    (document,) = wait_for(found, f"the line with {name} {value}")
    assert document.stream == STREAM
    return document


def of_reply(gateway: Gateway, reply: httpx.Response) -> Document:
    return arrived(gateway, "http.request.id", reply.headers["X-Request-ID"])


def leaves(value: Json, name: str = "") -> dict[str, Json]:
    if not isinstance(value, dict):
        return {name: value}
    inner = [leaves(each, f"{name}.{key}".lstrip(".")) for key, each in value.items()]
    return {key: leaf for each in inner for key, leaf in each.items()} or {name: {}}


def replaced(text: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        text = text.replace(old, new)
    return text


def test_the_document_names_the_player(
    gateway: Gateway, client: httpx.Client, key: SigningKey
) -> None:
    reply = client.get("/api/history/matches", headers={"Authorization": f"Bearer {key.token()}"})
    document = of_reply(gateway, reply)
    assert field(document, "user") == {"id": ALICE}
    assert field(document, "event.dataset") == "nginx.access"
    assert field(document, "nginx.upstream.status") == 200
    assert isinstance(field(document, "event.duration"), int)


def test_missing_values_are_left_out(gateway: Gateway, client: httpx.Client) -> None:
    document = of_reply(gateway, client.get("/", headers={"User-Agent": ""}))
    assert not document.fields.keys() & {"user", "user_agent"}
    assert field(document, "http.request.referrer") is None
    assert field(document, "tls.version") == "1.3"


def test_a_browser_is_recognised(gateway: Gateway, client: httpx.Client) -> None:
    document = of_reply(gateway, client.get("/", headers={"User-Agent": CHROME}))
    assert field(document, "user_agent") == {
        "original": CHROME,
        "name": "Chrome",
        "version": "131.0.0.0",
        "device": {"name": "Other"},
        "os": {"name": "Windows", "version": "10", "full": "Windows 10"},
    }


def test_an_unknown_user_agent_is_other(gateway: Gateway, client: httpx.Client) -> None:
    document = of_reply(gateway, client.get("/", headers={"User-Agent": "probe"}))
    assert field(document, "user_agent.name") == "Other"
    assert field(document, "user_agent.version") is None


def test_an_answer_of_the_gateway_itself_has_no_upstream(
    gateway: Gateway, client: httpx.Client
) -> None:
    document = of_reply(gateway, client.get("/internal/x"))
    assert field(document, "nginx.upstream") is None


def test_a_line_with_invalid_utf_8_stays_in_the_gateways_stream(gateway: Gateway) -> None:
    gateway.raw(b"GET /odd-\xff HTTP/1.0\r\nUser-Agent: \xc3\x28 \xc3\xbc\r\n\r\n")
    document = arrived(gateway, "url.path", "/odd-\ufffd")
    assert field(document, "user_agent.original") == "\ufffd( ü"


def test_a_truncated_character_is_replaced(gateway: Gateway) -> None:
    agent = "x" + "ü" * 600
    gateway.raw(f"GET /cut HTTP/1.0\r\nUser-Agent: {agent}\r\n\r\n".encode())
    original = field(arrived(gateway, "url.path", "/cut"), "user_agent.original")
    assert isinstance(original, str)
    assert agent.startswith(original.rstrip("\ufffd"))


def test_bytes_that_are_no_request_are_stored_with_the_requests(gateway: Gateway) -> None:
    gateway.raw(
        b"\x16\x03\x01garbage\r\n\r\n", plain_port=gateway.http_port, patience=HANG_UP_SECONDS
    )
    # This line has neither a method nor a path.
    document = arrived(gateway, "message", " ")
    assert field(document, "http.request.method") is None
    assert "tls" not in document.fields
    assert "" not in leaves(document.fields).values()


def test_fields_that_the_gateway_leaves_empty_are_removed() -> None:
    (form,) = re.findall(r"log_format ecs escape=json(.*?);\n", TEMPLATE.read_text(), re.DOTALL)
    line = "".join(re.findall(r"'(.*)'", form)).replace("$log_time", "2026-01-31T23:59:59.123Z")
    line = re.sub(r":\$\w+", ":null", line)
    words = set(re.findall(r'"(\$\w+)"', line))
    assert words
    # All fields at once, and each field separately.
    for empty in (words, *({word} for word in words)):
        texts = {f'"{word}"': '""' if word in empty else '"x"' for word in words}
        (document,) = documents([replaced(line, texts)], PATH)
        assert document.stream == STREAM
        found = leaves(document.fields)
        assert {name for name, value in found.items() if value == ""} <= NEVER_EMPTY
        assert {} not in found.values()
