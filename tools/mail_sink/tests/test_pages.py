"""The pages that show messages."""

from email.message import EmailMessage

import pytest

from mail_sink.app import create_app
from mail_sink.settings import Settings
from tests.fixtures.clients import client_of
from tests.fixtures.ports import free_ports
from tools.mail_sink.tests.conftest import Sink

LINK = "https://localhost:8090/verify?token=abc"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
async def number(sink: Sink) -> str:
    message = EmailMessage()
    message["From"] = "no-reply@example.org"
    message["Subject"] = f"Hello {SCRIPT}"
    message.set_content(f"{SCRIPT} ({LINK})")
    message.add_alternative(f"<!doctype html><h1>Hello</h1>{SCRIPT}", subtype="html")
    await sink.take(message)
    return str((await sink.listed())[0]["id"])


async def test_an_empty_list_has_a_text(sink: Sink) -> None:
    assert "Nothing has come yet" in (await sink.pages.get("/")).text


async def test_the_list_links_to_the_message(sink: Sink, number: str) -> None:
    page = (await sink.pages.get("/")).text
    assert f'href="/messages/{number}"' in page
    assert "alice@example.org" in page
    assert "alice@example.org" in (await sink.pages.get("/?to=alice@example.org")).text
    assert "Nothing has come yet" in (await sink.pages.get("/?to=bob@example.org")).text


async def test_a_message_is_shown_as_text_with_links(sink: Sink, number: str) -> None:
    page = (await sink.pages.get(f"/messages/{number}")).text
    assert f'(<a href="{LINK}" target="_blank" rel="noreferrer">{LINK}</a>)' in page


@pytest.mark.parametrize("path", ["/", "/messages/{}", "/?to=%3Cscript%3Ealert(1)%3C/script%3E"])
async def test_texts_of_mails_and_addresses_are_escaped(sink: Sink, number: str, path: str) -> None:
    answer = await sink.pages.get(path.format(number))
    assert "alert(1)" in answer.text
    assert SCRIPT not in answer.text
    assert "script" not in answer.headers["Content-Security-Policy"]


async def test_html_is_shown_in_a_sandboxed_frame(sink: Sink, number: str) -> None:
    page = (await sink.pages.get(f"/messages/{number}")).text
    assert f'src="/messages/{number}/html"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    framed = await sink.pages.get(f"/messages/{number}/html")
    assert framed.headers["Content-Type"].startswith("text/html")
    assert framed.text.startswith("<!doctype html><h1>Hello</h1>")
    policy = framed.headers["Content-Security-Policy"].split("; ")
    assert policy[0] == "sandbox allow-popups allow-popups-to-escape-sandbox"
    assert {"default-src 'none'", "form-action 'none'", "frame-ancestors 'self'"} <= set(policy)


async def test_the_source_is_shown_as_plain_text(sink: Sink, number: str) -> None:
    source = await sink.pages.get(f"/messages/{number}/source")
    assert source.headers["Content-Type"].startswith("text/plain")
    assert source.headers["X-Content-Type-Options"] == "nosniff"
    assert source.text.startswith("From: no-reply@example.org")


@pytest.mark.parametrize("path", ["/messages/99", "/messages/99/html", "/messages/99/source"])
async def test_an_unknown_message_is_not_found(sink: Sink, path: str) -> None:
    assert (await sink.pages.get(path)).status_code == 404


async def test_pages_send_no_referrer_and_are_not_cached(sink: Sink, number: str) -> None:
    for path in ("/", f"/messages/{number}", f"/messages/{number}/html", "/mail.css"):
        answer = await sink.pages.get(path)
        assert answer.status_code == 200
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/messages.json", "/messages/1/source"])
async def test_a_foreign_host_name_is_refused(sink: Sink, number: str, path: str) -> None:
    assert number == "1"
    for host in ("rebound.example:8025", "localhost.example", "127.0.0.1.example:8025"):
        assert (await sink.pages.get(path, headers={"Host": host})).status_code == 403
    for host in ("localhost:9025", "127.0.0.1:8025", "[::1]:8025"):
        assert (await sink.pages.get(path, headers={"Host": host})).status_code == 200


async def test_another_bind_address_accepts_every_host_name() -> None:
    settings = Settings(host="0.0.0.0", smtp_port=free_ports(1)[0])  # noqa: S104
    async with client_of(create_app(settings)) as pages:
        answer = await pages.get("/messages.json", headers={"Host": "mail.example"})
        assert answer.json() == []


async def test_the_sink_is_ready_when_it_answers(sink: Sink) -> None:
    assert (await sink.pages.get("/health/ready")).status_code == 200


async def test_a_page_of_an_unknown_message_links_to_the_list(sink: Sink) -> None:
    page = await sink.pages.get("/messages/99")
    assert page.headers["Content-Type"].startswith("text/html")
    assert '<a href="/">Show all mail</a>' in page.text
