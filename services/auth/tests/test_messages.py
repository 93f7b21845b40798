"""Contents of mails, resistance to injection, and their encryption until they are sent."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from typing import get_args

import pytest

from auth.mail.mailer import Envelope
from auth.mail.messages import (
    AccountDeleted,
    AddressKnown,
    AnyMessage,
    ConfirmAddress,
    NewDevice,
    Notice,
    ResetPassword,
    VerifyAddress,
)
from auth.mail.notice_words import WORDS
from auth.mail.writing import MessageWriter
from auth.security_log import actions
from services.auth.tests.mailbox import newest
from services.auth.tests.service_under_test import Auth
from tests.fixtures.clock import HandClock

PUBLIC_URL = "https://pong.example"
TOKEN = "a-token-that-opens-an-account"
WRITER = MessageWriter(public_url=f"{PUBLIC_URL}/", mail_from="Pong <pong@pong.example>")
NOW = HandClock().now
DEVICE = {"at": "2026-11-25T04:29:00+00:00", "device": "Firefox on Linux", "address": "192.0.2.7"}

LETTERS: list[AnyMessage] = [
    VerifyAddress(username="Alice", token=TOKEN),
    AddressKnown(username="Alice"),
    ConfirmAddress(username="Alice", token=TOKEN),
    ResetPassword(username="Alice", token=TOKEN),
    NewDevice(username="Alice", **DEVICE),
    Notice(username="Alice", action=actions.PASSKEY_ADDED, detail="Key ring", **DEVICE),
    AccountDeleted(username="Alice"),
]
SUBJECTS = {
    VerifyAddress: "Confirm your email address",
    AddressKnown: "You already have an account",
    ConfirmAddress: "Confirm your new email address",
    ResetPassword: "Choose a new password",
    NewDevice: "New sign-in to your account",
    Notice: "A passkey was added",
    AccountDeleted: "Your account was deleted",
}
LINKS = {
    VerifyAddress: [f"/verify?token={TOKEN}"],
    AddressKnown: ["/sign-in"],
    ConfirmAddress: [f"/confirm-email?token={TOKEN}"],
    ResetPassword: [f"/reset?token={TOKEN}"],
    NewDevice: ["/forgot"],
    Notice: ["/forgot"],
    AccountDeleted: [],
}


def name_of(value: object) -> str:
    return type(value).__name__


each_letter = pytest.mark.parametrize("letter", LETTERS, ids=name_of)


class Written(HTMLParser):
    """A mail as a mail program shows it: its headers, its text, and the
    words and links of its HTML."""

    def __init__(self, letter: AnyMessage, to: str = "alice@example.org") -> None:
        super().__init__()
        self.source = WRITER.render(Envelope(to, letter), reference="r", now=NOW).message
        self.message: EmailMessage = message_from_bytes(self.source, policy=SMTP)
        self.text = self._part("plain")
        self.html = self._part("html")
        self.words = ""
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(self.html)

    def _part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        assert body is not None, f"no {kind} in it"
        return str(body.get_content()).replace("\r\n", "\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action"}]

    def handle_data(self, data: str) -> None:
        self.words += data

    @property
    def links_in_text(self) -> list[str]:
        return re.findall(r"\S+://\S+", self.text)


def test_every_kind_of_mail_is_among_these() -> None:
    assert {type(letter) for letter in LETTERS} == set(get_args(AnyMessage))


@each_letter
def test_text_and_html_of_a_mail_agree(letter: AnyMessage) -> None:
    written = Written(letter)
    assert written.message["Subject"] == SUBJECTS[type(letter)]
    assert written.text.startswith("Hello Alice,\n")
    assert "Hello Alice," in written.words
    for value in ("192.0.2.7", "Firefox on Linux", "Key ring", "25 November 2026, 04:29 UTC"):
        assert (value in written.text) == (value in written.words)
    assert "\n\n\n" not in written.text.strip()
    assert max(map(len, re.sub(r"\S+://\S+|.*Not you\?.*", "", written.text).split("\n"))) < 130


@each_letter
def test_links_lead_to_our_own_pages_only(letter: AnyMessage) -> None:
    written = Written(letter)
    expected = {PUBLIC_URL, *(f"{PUBLIC_URL}{path}" for path in LINKS[type(letter)])}
    assert set(written.links_in_text) == expected
    assert set(written.links) == expected
    assert not {"img", "script", "iframe", "form", "link"} & set(written.tags)


@each_letter
def test_the_token_is_in_its_link_only(letter: AnyMessage) -> None:
    written = Written(letter)
    assert written.text.count(TOKEN) == (1 if hasattr(letter, "token") else 0)
    assert TOKEN not in str(written.message.items())


@pytest.mark.parametrize("action", [*WORDS, "something_new"])
def test_every_notice_says_what_happened_and_what_to_do(action: str) -> None:
    written = Written(Notice(username="Alice", action=action, **DEVICE))
    assert len(written.message["Subject"]) > 10
    assert "Not you?" in written.text
    assert "What:" not in written.text
    [to_our_page, _] = written.links_in_text
    assert to_our_page in written.links
    assert to_our_page.removeprefix(PUBLIC_URL) in {"/forgot", "/settings/account"}


HOSTILE = "<b onclick=x>&\"'</b><a href='https://evil.example/'>Click</a>{{ token }}"


@pytest.mark.parametrize(
    "letter",
    [
        NewDevice(username=HOSTILE, at=DEVICE["at"], device=HOSTILE, address=HOSTILE),
        Notice(
            username=HOSTILE,
            action=actions.PASSKEY_ADDED,
            at=DEVICE["at"],
            device=HOSTILE,
            address=HOSTILE,
            detail=HOSTILE,
        ),
        *(
            kind(username=HOSTILE, token="t")
            for kind in (VerifyAddress, ConfirmAddress, ResetPassword)
        ),
        AddressKnown(username=HOSTILE),
        AccountDeleted(username=HOSTILE),
    ],
    ids=name_of,
)
def test_chosen_texts_do_not_become_markup(letter: AnyMessage) -> None:
    written = Written(letter)
    assert "b" not in written.tags
    assert all(link.startswith(PUBLIC_URL) for link in written.links)
    assert "{{ token }}" in written.words
    assert HOSTILE in written.words
    # The name is quoted, so that the rest of the header remains valid.
    [to] = written.message["To"].addresses
    assert (to.display_name, to.addr_spec) == (HOSTILE, "alice@example.org")


@pytest.mark.parametrize("field", ["device", "detail"])
@pytest.mark.parametrize(
    "lure", ["https://evil.example/x", "evil.example", "www.evil.example", "mallory@evil.example"]
)
def test_a_name_of_a_device_or_passkey_does_not_become_a_link(field: str, lure: str) -> None:
    """An attacker in an account chooses these names, and mail programs
    turn plain words into links."""
    chosen = {**DEVICE, field: f"Call {lure} now"}
    written = Written(Notice(username="Alice", action=actions.PASSKEY_ADDED, **chosen))
    for part in (written.text, written.words):
        assert "Call" in part
        assert not re.search(r"evil[.]example|:/*\S*evil|@", part)


@pytest.mark.parametrize("dot", ["\u3002", "\uff0e", "\uff61", "\u2024"])
def test_other_characters_that_browsers_treat_as_dots_are_removed(dot: str) -> None:
    chosen = {**DEVICE, "detail": f"Call evil{dot}example now"}
    written = Written(Notice(username="Alice", action=actions.PASSKEY_ADDED, **chosen))
    for part in (written.text, written.words):
        assert "Call evil example now" in part


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_a_name_with_a_line_break_adds_no_header(line_end: str) -> None:
    with pytest.raises(ValueError, match=r"CR|LF|invalid"):
        Written(AddressKnown(username=f"Alice{line_end}Bcc: mallory@example.org"))


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_an_address_with_a_line_break_adds_no_header(line_end: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        Written(LETTERS[0], to=f"alice@example.org{line_end}Bcc: mallory@example.org")


@pytest.mark.parametrize("name", ["Alice", "Ålice-Ж", "あ" * 20, "A_" * 9 + "A1"])
@pytest.mark.parametrize(
    "to",
    [
        "alice@example.org",
        "a" * 64 + "@" + "b" * 63 + "." + "c" * 63 + ".example",
        "o'brien+pong=1@example.org",
    ],
)
def test_any_name_and_address_fit_a_header(name: str, to: str) -> None:
    written = Written(AddressKnown(username=name), to=to)
    [header] = re.findall(rb"\r\nTo:(.+?)\r\n(?! )", written.source, re.DOTALL)
    unfolded = header.replace(b"\r\n", b"").decode().strip()
    assert str(make_header(decode_header(unfolded))) == f"{name} <{to}>"
    assert written.message.defects == []
    assert written.source.isascii()
    assert not re.search(rb"(?<!\r)\n", written.source)


@each_letter
def test_a_logged_mail_reveals_nothing(letter: AnyMessage) -> None:
    envelope = Envelope("alice@example.org", letter, NOW + timedelta(hours=1))
    for shown in (repr(letter), str(letter), repr(envelope), f"{envelope}"):
        assert type(letter).__name__ in shown
        for secret in (TOKEN, "alice@example.org", "192.0.2.7"):
            assert secret not in shown


async def test_mails_are_stored_encrypted(auth: Auth) -> None:
    await auth.register("Alice")
    token = (await newest(auth, "Alice@example.org", VerifyAddress)).token
    rows = await auth.rows("SELECT to_jsonb(q) #>> '{}', payload FROM pgqueuer q")
    assert len(rows) == 1
    for shown in (str(rows), *(bytes(payload).decode() for _, payload in rows)):
        for secret in ("Alice", "example.org", token, "VerifyAddress"):
            assert secret not in shown
