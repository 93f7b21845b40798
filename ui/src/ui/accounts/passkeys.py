"""Sign-in with a passkey: the two calls of its script."""

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.params import RawBody

from ui.accounts.sign_in_completion import complete_sign_in
from ui.caching import NO_STORE
from ui.clients.auth import AuthClient, PasskeyAnswer, PasskeyRequest
from ui.form_size import MAX_FORM_BYTES
from ui.pages import PageRequest


class PasskeyForm(msgspec.Struct, frozen=True):
    """The script's request; the credential is passed to auth unchanged."""

    ceremony: str
    credential: msgspec.Raw
    next: str = ""

    @property
    def as_passkey_answer(self) -> PasskeyAnswer:
        return PasskeyAnswer(self.ceremony, self.credential)


class NextPage(msgspec.Struct, frozen=True):
    """The address at which the script continues."""

    next: str


@post("/sign-in/passkey/options", status_code=200)
async def get_passkey_request(auth: NamedDependency[AuthClient]) -> Response[PasskeyRequest]:
    return Response(await auth.sign_in_passkey_request(), headers=NO_STORE)


@post("/sign-in/passkey", status_code=200, request_max_body_size=MAX_FORM_BYTES)
async def sign_in_with_passkey(
    request: PageRequest, body: RawBody, auth: NamedDependency[AuthClient]
) -> Response[NextPage]:
    form = parse_passkey_form(body)
    tokens = await auth.sign_in_with_passkey(form.as_passkey_answer)
    return Response(NextPage(complete_sign_in(request, tokens, form.next)), headers=NO_STORE)


def parse_passkey_form(body: bytes) -> PasskeyForm:
    """Return the script's request.

    Raises:
        ValidationException: the body is malformed.
    """
    try:
        return msgspec.json.decode(body, type=PasskeyForm)
    except msgspec.MsgspecError as error:
        raise ValidationException(detail=str(error)) from error


PASSKEY_SIGN_IN_ROUTES = [get_passkey_request, sign_in_with_passkey]
