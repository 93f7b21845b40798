"""Forms and pages of registration, sign-in and reauthentication."""

from datetime import datetime
from typing import ClassVar, Final, Literal

import msgspec

from contracts.auth.oauth import ProviderDetails
from ui.pages import Page

NO_STORE: Final = {"Cache-Control": "no-store"}
"""Header of pages whose address contains a token. The gateway hides such addresses from other sites."""


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
    """The button behind an email link: opening the link alone changes nothing."""

    token: str = ""


class ReturnForm(msgspec.Struct, frozen=True):
    """A button that performs an action and leads back to its page."""

    next: str = ""


class OwnProviderVisitForm(msgspec.Struct, frozen=True):
    """A button that leads to a provider, to link or confirm an identity of the signed-in player."""

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
    """A form as it was sent, without the password; `errors` by field, `problem` for the form as a whole."""

    errors: dict[str, str] = msgspec.field(default_factory=dict)
    problem: str = ""


class SignInPage(FormPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "accounts/sign_in.html"

    next: str = ""
    username: str = ""
    providers: list[ProviderDetails]


class RegisterPage(FormPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "accounts/register.html"

    next: str = ""
    username: str = ""
    email: str = ""
    providers: list[ProviderDetails]


class SecondFactorPage(FormPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "accounts/second_factor.html"

    next: str = ""
    recovery: bool = False
    """Whether the field asks for a recovery code; it accepts both kinds of code in any case."""


class ProviderVisitPage(Page, frozen=True, kw_only=True):
    """A page that leads on to a provider. It exists because the content policy lets no form redirect to another
    site."""

    template: ClassVar[str] = "accounts/provider_visit.html"

    address: str
    provider_name: str


class VerifyPage(Page, frozen=True, kw_only=True):
    """The page behind an email link, with the button that uses it."""

    template: ClassVar[str] = "accounts/verify.html"

    token: str
    action: str
    heading: str
    sentence: str
    button: str


class VerifiedPage(Page, frozen=True, kw_only=True):
    """Confirms that an account's address is verified, in a browser that may belong to another person."""

    template: ClassVar[str] = "accounts/verified.html"

    username: str


class VerificationPage(Page, frozen=True, kw_only=True):
    """The state of the player's own address, with a form to request a new link."""

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
    """The reauthentication page. It offers only the methods that the account has."""

    template: ClassVar[str] = "accounts/confirm.html"

    next: str
    has_password: bool
    two_factor: bool
    has_passkey: bool
    providers: list[ProviderDetails]
