"""The SMTP server stores incoming messages."""

import asyncio
from email.message import EmailMessage

import pytest
from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPResponseException

from mail_sink.settings import LOOPBACK
from mail_sink.smtp import LARGEST_MESSAGE
from tools.mail_sink.tests.conftest import FEW, Sink

LINK = "https://localhost:8090/verify?token=abc-DEF_123"


def letter(subject: str = "Confirm your address") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Transcendence <no-reply@example.org>"
    message["To"] = "Alice <alice@example.org>"
    message["Subject"] = subject
    message.set_content(f"Hello Alice,\n\nopen {LINK}.\n")
    message.add_alternative(f'<p>Hello Alice, <a href="{LINK}">confirm</a>', subtype="html")
    return message


async def test_both_parts_of_a_message_are_stored(sink: Sink) -> None:
    await sink.take(letter())
    (found,) = await sink.listed()
    assert found["to"] == "alice@example.org"
    assert found["from"] == "Transcendence <no-reply@example.org>"
    assert found["subject"] == "Confirm your address"
    assert found["text"] == f"Hello Alice,\n\nopen {LINK}."
    assert f'href="{LINK}"' in found["html"]
    assert found["at"].endswith("+00:00")


async def test_the_newest_message_is_first_and_the_number_is_limited(sink: Sink) -> None:
    for number in range(FEW + 2):
        await sink.take(letter(f"Number {number}"))
    subjects = [message["subject"] for message in await sink.listed()]
    assert subjects == [f"Number {number}" for number in range(FEW + 1, 1, -1)]


async def test_the_list_can_be_filtered_by_recipient(sink: Sink) -> None:
    await sink.take(letter("For Alice"))
    await sink.take(letter("For both"), "bob@example.org", "Alice@Example.org")
    await sink.take(letter("For Bob"), "bob@example.org")
    found = await sink.listed(to="alice@example.org")
    assert [message["subject"] for message in found] == ["For both", "For Alice"]
    assert found[0]["to"] == "bob@example.org, Alice@Example.org"
    assert await sink.listed(to="nobody@example.org") == []


async def test_messages_in_other_scripts_are_stored(sink: Sink) -> None:
    message = EmailMessage()
    message["Subject"] = "Подтвердите адрес, Žoë ✓"
    message.set_content("Здравствуйте")
    await sink.take(message)
    (found,) = await sink.listed()
    assert (found["subject"], found["text"]) == ("Подтвердите адрес, Žoë ✓", "Здравствуйте")


async def test_messages_can_arrive_concurrently(sink: Sink) -> None:
    await asyncio.gather(*(sink.take(letter()) for _ in range(FEW)))
    assert len({message["id"] for message in await sink.listed()}) == FEW


async def test_a_too_large_message_is_refused_before_and_after_it_is_sent(
    sink: Sink,
) -> None:
    line = b"x" * 98 + b"\r\n"
    fitting = b"Subject: large\r\n\r\n" + line * (LARGEST_MESSAGE // len(line) - 1)
    await sink.take(fitting)
    with pytest.raises(SMTPResponseException) as announced:
        await sink.take(fitting + line * 2)
    assert announced.value.code == 552
    async with SMTP(hostname=LOOPBACK, port=sink.settings.smtp_port) as client:
        await client.mail("no-reply@example.org")
        await client.rcpt("alice@example.org")
        with pytest.raises(SMTPResponseException) as unannounced:
            await client.data(fitting + line * 2)
    assert unannounced.value.code == 552
    assert len(await sink.listed()) == 1


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\r\n",
        b"no headers, no end",
        b"Subject: =?no-such-charset?q?=ff?=\r\n\r\ntext",
        b"Content-Type: text/plain; charset=no-such-charset\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/mixed\r\n\r\n--x",
        b"From: <<<@>>>,,\r\nDate: yesterday\r\nSubject: \x00\x1b[2J\r\n\r\n\x00",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 1000,
    ],
)
async def test_a_malformed_message_is_stored_unchanged(sink: Sink, source: bytes) -> None:
    await sink.take(source)
    (found,) = await sink.listed()
    shown = await sink.pages.get(f"/messages/{found['id']}/source")
    assert shown.content.strip() == source.strip()
    for path in ("/", f"/messages/{found['id']}"):
        assert (await sink.pages.get(path)).status_code == 200


async def test_the_line_names_recipient_subject_and_link(
    sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    await sink.take(letter())
    assert capsys.readouterr().out == f"mail to alice@example.org: Confirm your address  {LINK}\n"


async def test_a_message_cannot_send_control_characters_to_the_terminal(
    sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    await sink.take(
        b"Subject: =?utf-8?q?a=09b=0Ac=1B=5B2J=E2=80=AE?=\r\n\r\nhttp://localhost/\x1b[31m\r\n"
    )
    out = capsys.readouterr().out
    (line,) = out.splitlines()
    assert line.isprintable()
