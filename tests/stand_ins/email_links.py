"""The links in auth's mails, each of which works once."""

from dataclasses import dataclass
from typing import Final, Literal

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from auth.addresses.errors import EmailTaken, EmailVerified
from auth.links.errors import LinkOver, LinkUnknown
from contracts.auth.addresses import VerifiedAccount
from contracts.auth.links import LinkToken
from contracts.auth.passwords import PasswordReset, PasswordResetRequest
from tests.stand_ins.auth import AuthRequest, Person, StandInAuth, password_errors
from transcendence_common.problems import InvalidFields

Kind = Literal["verify", "change", "reset"]
NEW_EMAIL: Final = "new@example.org"


@dataclass
class Link:
    kind: Kind
    person: Person
    over: bool = False


class EmailLinks:
    """The links that were sent. `taken` is an address that another
    account has verified meanwhile."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.links: dict[str, Link] = {}
        self.taken = ""

    def send(self, kind: Kind, person: Person) -> str:
        token = f"link-{len(self.links)}"
        self.links[token] = Link(kind, person)
        return token

    def __call__(self, auth: StandInAuth) -> list[HTTPRouteHandler]:
        @post("/api/user/email/verification", status_code=200)
        async def verify(data: JSONBody[LinkToken]) -> VerifiedAccount:
            person = self._use("verify", data.token)
            person.verified = True
            return VerifiedAccount(person.name)

        @post("/api/user/email/verification/resend", status_code=204)
        async def resend(request: AuthRequest) -> None:
            auth.check_limit("resend")
            person = auth.session_of(request).person
            if person.verified:
                raise EmailVerified
            self.send("verify", person)

        @post("/api/user/email/change", status_code=200)
        async def change(data: JSONBody[LinkToken]) -> VerifiedAccount:
            person = self._use("change", data.token)
            person.email = NEW_EMAIL
            return VerifiedAccount(person.name)

        @post("/api/user/password/reset-requests", status_code=202)
        async def ask_for_reset(data: JSONBody[PasswordResetRequest]) -> None:
            auth.check_limit("reset")
            for person in auth.people.values():
                if person.email == data.email:
                    self.send("reset", person)

        @post("/api/user/password/resets", status_code=204)
        async def reset(data: JSONBody[PasswordReset]) -> None:
            if errors := password_errors(data.password):
                raise InvalidFields(*errors)
            self._use("reset", data.token).password = data.password
            auth.end_sessions()

        return [verify, resend, change, ask_for_reset, reset]

    def _use(self, kind: Kind, token: str) -> Person:
        link = self.links.get(token)
        if link is None or link.kind != kind:
            raise LinkUnknown
        if link.over:
            raise LinkOver
        if link.person.email == self.taken:
            raise EmailTaken
        link.over = True
        return link.person
