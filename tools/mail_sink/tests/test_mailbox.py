from datetime import UTC, datetime

from mail_sink.mailbox import Mailbox, ReadableMessage

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def letter(source: bytes) -> ReadableMessage:
    return ReadableMessage("no-reply@example.org", ("alice@example.org",), "Hello", "", "", source)


def test_the_oldest_messages_are_dropped_when_all_are_too_large() -> None:
    mailbox = Mailbox(size=10)
    for source in (b"aaaa", b"bbbb", b"cccc"):
        mailbox.store_message(letter(source), NOW)
    assert [message.letter.source for message in mailbox.list_messages()] == [b"cccc", b"bbbb"]
    assert mailbox.find_message(1) is None
    mailbox.store_message(letter(b"d" * 10), NOW)
    assert [message.id for message in mailbox.list_messages()] == [4]
