"""The two account pages and the forms on them."""

from typing import ClassVar

import msgspec

from ui.pages import Page


class SignInForm(msgspec.Struct, frozen=True):
    username: str = ""
    password: str = ""
    next: str = ""


class RegisterForm(msgspec.Struct, frozen=True):
    username: str = ""
    email: str = ""
    password: str = ""
    next: str = ""


class FormPage(Page, frozen=True, kw_only=True):
    """A form as it was sent, never the password; `errors` by field, `problem` for the form as a whole."""

    next: str = ""
    username: str = ""
    errors: dict[str, str] = msgspec.field(default_factory=dict)
    problem: str = ""


class SignInPage(FormPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "accounts/sign_in.html"


class RegisterPage(FormPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "accounts/register.html"

    email: str = ""
