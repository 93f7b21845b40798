"""Every letter that is sent, as what it says; `templates/` has the words."""

from typing import ClassVar

import msgspec


class MailMessage(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """To one person; `template` names its text and its HTML."""

    template: ClassVar[str]

    username: str

    def __repr__(self) -> str:
        """Without what it says: representations end up in logs, and a token opens an account."""
        return f"{type(self).__name__}(...)"


class VerifyAddress(MailMessage, frozen=True, kw_only=True):
    """To a new account's address."""

    template: ClassVar[str] = "verify_address"

    token: str


class AddressKnown(MailMessage, frozen=True, kw_only=True):
    """To the owner of an address with which somebody, perhaps themselves, opens another account.

    `username` is the owner's own.
    """

    template: ClassVar[str] = "address_known"


class ConfirmAddress(MailMessage, frozen=True, kw_only=True):
    """To the address that an account is to have from now on."""

    template: ClassVar[str] = "confirm_address"

    token: str


class ResetPassword(MailMessage, frozen=True, kw_only=True):
    """To somebody who forgot their password."""

    template: ClassVar[str] = "reset_password"

    token: str


class NewDevice(MailMessage, frozen=True, kw_only=True):
    """Somebody signed in with a device that was not seen before; `at` is in ISO 8601."""

    template: ClassVar[str] = "new_device"

    at: str
    device: str
    address: str


class Notice(MailMessage, frozen=True, kw_only=True):
    """Something about the account's security was changed; `action` is one of `security_log.actions`."""

    template: ClassVar[str] = "notice"

    action: str
    at: str
    device: str
    address: str
    detail: str = ""


class AccountDeleted(MailMessage, frozen=True, kw_only=True):
    """The last letter."""

    template: ClassVar[str] = "account_deleted"


AnyMessage = (
    VerifyAddress
    | AddressKnown
    | ConfirmAddress
    | ResetPassword
    | NewDevice
    | Notice
    | AccountDeleted
)
