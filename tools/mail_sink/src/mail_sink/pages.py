"""Pages of the messages: a list, one message, its HTML, its source, and a list as JSON."""

from pathlib import Path
from typing import TypedDict

from litestar import MediaType, Response, get
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from mail_sink.mailbox import Mailbox, StoredMessage

# Foreign HTML: no script, no form, nothing from other hosts. Its links open new tabs, because their targets refuse to
# be framed.
HTML_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
OPEN_LINKS_ELSEWHERE = '<base target="_blank">'

STYLESHEET = (Path(__file__).parent / "mail.css").read_text()

ListedMessage = TypedDict(
    "ListedMessage",
    {
        "id": int,
        "to": str,
        "from": str,
        "subject": str,
        "text": str,
        "html": str,
        "at": str,
    },
)


@get("/")
async def show_list(mailbox: NamedDependency[Mailbox], to: FromQuery[str] = "") -> Template:
    return Template("list.html", context={"messages": mailbox.list_messages(to), "to": to})


@get("/messages.json")
async def list_messages(
    mailbox: NamedDependency[Mailbox], to: FromQuery[str] = ""
) -> list[ListedMessage]:
    """Return messages, newest first; `to` is the recipient, or several with a comma and a space."""
    return [_as_listed(message) for message in mailbox.list_messages(to)]


@get("/messages/{number:int}")
async def show_message(mailbox: NamedDependency[Mailbox], number: FromPath[int]) -> Template:
    message = mailbox.find_message(number)
    if message is None:
        return Template("missing.html", status_code=404)
    return Template("message.html", context={"message": message})


@get(
    "/messages/{number:int}/html",
    response_headers=[ResponseHeader(name="Content-Security-Policy", value=HTML_POLICY)],
)
async def show_html(mailbox: NamedDependency[Mailbox], number: FromPath[int]) -> Response[str]:
    html = _find_or_raise(mailbox, number).letter.html
    # Appended, because in front of its DOCTYPE it would change how the document is rendered.
    return Response(f"{html}{OPEN_LINKS_ELSEWHERE}", media_type=MediaType.HTML)


@get("/messages/{number:int}/source")
async def show_source(mailbox: NamedDependency[Mailbox], number: FromPath[int]) -> Response[bytes]:
    return Response(_find_or_raise(mailbox, number).letter.source, media_type=MediaType.TEXT)


@get("/mail.css", media_type=MediaType.CSS)
async def serve_stylesheet() -> str:
    return STYLESHEET


@get("/health/ready", media_type=MediaType.TEXT)
async def report_ready() -> str:
    return "ready"


def _find_or_raise(mailbox: Mailbox, number: int) -> StoredMessage:
    """Return a message; raises NotFoundException for an unknown or removed one."""
    message = mailbox.find_message(number)
    if message is None:
        raise NotFoundException("there is no such message, or no longer")
    return message


def _as_listed(message: StoredMessage) -> ListedMessage:
    letter = message.letter
    return {
        "id": message.id,
        "to": ", ".join(letter.recipients),
        "from": letter.sender,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "at": message.at.isoformat(),
    }
