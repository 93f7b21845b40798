"""The forms on the way in, and the pages around them."""

from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from contracts.auth.oauth import ShownProvider
from ui.pages import Page

UNKEPT: Final = {"Cache-Control": "no-store"}
"""For pages with a token in them, whoever looks at one. The gateway keeps their addresses from other sites."""


class SignInForm(msgspec.Struct, frozen=True):
    username: str = ""
    password: str = ""
    next: str = ""


class RegisterForm(msgspec.Struct, frozen=True):
    username: str = ""
    email: str = ""
    password: str = ""
    next: str = ""


class CodeForm(msgspec.Struct, frozen=True):
    code: str = ""
    next: str = ""
    recovery: bool = False


class LinkForm(msgspec.Struct, frozen=True):
    """The button behind a link of a mail: opening the link alone changes nothing."""

    token: str = ""


class ReturnForm(msgspec.Struct, frozen=True):
    """A button that does something, and leads back to where it stands."""

    next: str = ""


class OwnTripForm(msgspec.Struct, frozen=True):
    """A button that leads to a provider for the account that one is signed in to."""

    intent: Literal["link", "confirm"]
    next: str = ""


class ForgotForm(msgspec.Struct, frozen=True):
    email: str = ""


class ResetForm(msgspec.Struct, frozen=True):
    token: str = ""
    password: str = ""


class ConfirmForm(msgspec.Struct, frozen=True):
    password: str = ""
    code: str = ""
    next: str = ""


class FormPage(Page, frozen=True, kw_only=True):
    """A form as it was sent, never the password; `errors` by field, `problem` for the form as a whole."""

    errors: dict[str, str] = msgspec.field(default_factory=dict)
    problem: str = ""


class SignInPage(FormPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "accounts/sign_in.html"

    next: str = ""
    username: str = ""
    providers: list[ShownProvider]


class RegisterPage(FormPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "accounts/register.html"

    next: str = ""
    username: str = ""
    email: str = ""
    providers: list[ShownProvider]


class SecondFactorPage(FormPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "accounts/second_factor.html"

    next: str = ""
    recovery: bool = False
    """Whether the field invites a recovery code; it takes both either way."""


class TripPage(Page, frozen=True, kw_only=True):
    """Leads on to a provider. A page in between, because the content policy lets no form end at another site."""

    template: ClassVar[str] = "accounts/trip.html"

    address: str


class VerifyPage(Page, frozen=True, kw_only=True):
    """Behind the link of a mail."""

    template: ClassVar[str] = "accounts/verify.html"

    token: str
    action: str
    heading: str
    sentence: str
    button: str


class VerifiedPage(Page, frozen=True, kw_only=True):
    """An account's address is verified, in a browser that may be of somebody else."""

    template: ClassVar[str] = "accounts/verified.html"

    username: str


class VerificationPage(Page, frozen=True, kw_only=True):
    """What is known about the own address, and a new link for it."""

    template: ClassVar[str] = "accounts/verification.html"

    email: str
    verified: bool
    expires_at: datetime | None


class ForgotPage(FormPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "accounts/forgot.html"

    email: str = ""


class ForgotSentPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "accounts/forgot_sent.html"


class ResetPage(FormPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "accounts/reset.html"

    token: str


class ConfirmPage(FormPage, frozen=True, kw_only=True):
    """Only the proofs that this account can give are offered."""

    template: ClassVar[str] = "accounts/confirm.html"

    next: str
    has_password: bool
    two_factor: bool
    has_passkey: bool
    providers: list[ShownProvider]
