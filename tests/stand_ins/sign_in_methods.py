"""Ways to sign in at the stand-in for auth besides passwords: second
factors, passkeys and providers."""

from http import HTTPStatus
from typing import Any, ClassVar, Final

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from auth.accounts.errors import WrongPassword
from auth.oauth.errors import NoSuchProvider, ProviderDown
from auth.passkeys.errors import PasskeyRefused
from auth.two_factor.errors import ChallengeOver, WrongCode, WrongSignInCode
from contracts.auth.oauth import (
    FinishedProviderVisit,
    ProviderDetails,
    ProviderList,
    ProviderVisitEnd,
    ProviderVisitOutcome,
    ProviderVisitStart,
    StartedProviderVisit,
)
from contracts.auth.sessions import ConfirmationRequest, Tokens
from contracts.auth.two_factor import SecondFactorAnswer
from tests.stand_ins.auth import AuthRequest, Person, Session, StandInAuth
from transcendence_common.problems import (
    Conflict,
    FieldError,
    InvalidFields,
    Problem,
)

MOST_WRONG_CODES: Final = 5
CEREMONY: Final = "ceremony-1"
PUBLIC_KEY: Final = {"challenge": "AQID", "rpId": "localhost", "userVerification": "required"}


class PasskeyAnswered(msgspec.Struct):
    """An answer with a credential, which is identified by its ID alone; nothing is signed here."""

    ceremony: str
    credential: dict[str, Any]


def second_factors(auth: StandInAuth) -> list[HTTPRouteHandler]:
    """Handlers of the code after the password, with five tries per challenge."""

    @post("/api/user/login/two-factor", status_code=200)
    async def answer(data: JSONBody[SecondFactorAnswer]) -> Tokens:
        auth.check_limit("two-factor")
        person = auth.challenges.get(data.challenge)
        if person is None:
            raise ChallengeOver
        if data.code != person.code:
            auth.wrong_codes[data.challenge] += 1
            left = MOST_WRONG_CODES - auth.wrong_codes[data.challenge]
            if not left:
                del auth.challenges[data.challenge]
                raise ChallengeOver
            raise WrongSignInCode(left)
        del auth.challenges[data.challenge]
        return auth.sign_in(person.name)

    return [answer]


def confirmations(auth: StandInAuth) -> list[HTTPRouteHandler]:
    """Handlers of reauthentication."""

    @post("/api/user/sessions/confirmation", status_code=204)
    async def confirm(request: AuthRequest, data: JSONBody[ConfirmationRequest]) -> None:
        auth.check_limit("confirmation")
        session = auth.session_of(request)
        person = session.person
        if data.password != person.password:
            raise WrongPassword
        if person.code is not None:
            if data.code is None:
                raise InvalidFields(FieldError("code", "Enter the code of your app."))
            if data.code != person.code:
                raise WrongCode
        session.recent = True

    return [confirm]


class Passkeys:
    """Passkeys, identified by the ID of their credential."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.owners: dict[str, Person] = {}

    def __call__(self, auth: StandInAuth) -> list[HTTPRouteHandler]:
        @post("/api/user/login/passkey/options", status_code=200)
        async def options() -> dict[str, Any]:
            auth.check_limit("passkey")
            return {"ceremony": CEREMONY, "public_key": PUBLIC_KEY}

        @post("/api/user/login/passkey", status_code=200)
        async def sign_in(data: JSONBody[PasskeyAnswered]) -> Tokens:
            return auth.sign_in(self._owner(data).name)

        @post("/api/user/sessions/confirmation/passkey/options", status_code=200)
        async def confirming_options(request: AuthRequest) -> dict[str, Any]:
            auth.session_of(request)
            return {"ceremony": CEREMONY, "public_key": PUBLIC_KEY}

        @post("/api/user/sessions/confirmation/passkey", status_code=204)
        async def confirm(request: AuthRequest, data: JSONBody[PasskeyAnswered]) -> None:
            session = auth.session_of(request)
            if self._owner(data) is not session.person:
                raise PasskeyRefused("another_account")
            session.recent = True

        return [options, sign_in, confirming_options, confirm]

    def _owner(self, answer: PasskeyAnswered) -> Person:
        owner = self.owners.get(answer.credential["id"])
        if owner is None or answer.ceremony != CEREMONY:
            raise PasskeyRefused("unknown_passkey")
        return owner


class Providers:
    """Two providers. The result of a visit is `result`, or the refusal
    that `refuses_with` names."""

    ADDRESS: ClassVar = "https://provider.example/authorize"
    CODE: ClassVar = "good"
    STATUSES: ClassVar = {
        "email_unverified": HTTPStatus.FORBIDDEN,
        "account_exists": HTTPStatus.CONFLICT,
        "identity_taken": HTTPStatus.CONFLICT,
        "already_linked": HTTPStatus.CONFLICT,
        "provider_down": HTTPStatus.SERVICE_UNAVAILABLE,
        "provider_lied": HTTPStatus.BAD_GATEWAY,
    }

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.configured = [ProviderDetails("github", "GitHub"), ProviderDetails("42", "42")]
        self.visitor = "Alice"
        self.result: ProviderVisitOutcome = "signed_in"
        self.refuses_with: str | None = None
        self.down = False
        self.too_many = False
        self.flows: dict[str, ProviderVisitStart] = {}
        self.visited: dict[str, str] = {}

    def __call__(self, auth: StandInAuth) -> list[HTTPRouteHandler]:
        @get("/api/user/oauth/providers")
        async def list_providers() -> ProviderList:
            return ProviderList(self.configured)

        @post("/api/user/oauth/{provider:str}/start", status_code=200)
        async def start(
            request: AuthRequest, provider: FromPath[str], data: JSONBody[ProviderVisitStart]
        ) -> StartedProviderVisit:
            if data.intent == "link":
                auth.recent_session_of(request)
            elif data.intent == "confirm":
                auth.session_of(request)
            return self._begin(provider, data)

        @post("/api/user/oauth/finish", status_code=200)
        async def finish(
            request: AuthRequest, data: JSONBody[ProviderVisitEnd]
        ) -> FinishedProviderVisit:
            begun = self.flows.pop(data.flow, None)
            ours = self.visited.get(data.flow) == data.provider
            if not (begun and ours and data.state == f"of-{data.flow}" and data.code == self.CODE):
                raise _refusal("oauth_refused", HTTPStatus.BAD_REQUEST)
            if self.refuses_with:
                raise _refusal(self.refuses_with, self.STATUSES[self.refuses_with])
            if begun.intent == "sign_in":
                return self._admitted(auth, begun)
            session: Session = auth.session_of(request)
            session.recent = session.recent or begun.intent == "confirm"
            return FinishedProviderVisit(
                "linked" if begun.intent == "link" else "confirmed", begun.next
            )

        return [list_providers, start, finish]

    def _begin(self, provider: str, start: ProviderVisitStart) -> StartedProviderVisit:
        if provider not in {each.id for each in self.configured}:
            raise NoSuchProvider
        if self.down:
            raise ProviderDown(provider)
        if self.too_many:
            raise _refusal("too_many_attempts", HTTPStatus.TOO_MANY_REQUESTS)
        flow = f"flow-{len(self.flows)}"
        self.flows[flow] = start
        self.visited[flow] = provider
        return StartedProviderVisit(f"{self.ADDRESS}?state=of-{flow}", flow, 600)

    def _admitted(self, auth: StandInAuth, begun: ProviderVisitStart) -> FinishedProviderVisit:
        person = auth.people[self.visitor]
        answer = auth.admit(person)
        if isinstance(answer, Tokens):
            return FinishedProviderVisit(self.result, begun.next, tokens=answer)
        return FinishedProviderVisit("two_factor", begun.next, challenge=answer.content)


def _refusal(code: str, status: HTTPStatus) -> Problem:
    refusal = Conflict("No.")
    refusal.status_code = status
    refusal.extra = {"code": code}
    return refusal
