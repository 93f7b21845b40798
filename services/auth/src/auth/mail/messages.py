"""Every kind of email that auth sends, with its contents; `templates/` has the texts."""

from typing import ClassVar

import msgspec


class MailMessage(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A message to one player; `template` names its text and its HTML."""

    template: ClassVar[str]

    username: str

    def __repr__(self) -> str:
        """Leave out the contents: representations end up in logs, and a token gives access to an account."""
        return f"{type(self).__name__}(...)"


class VerifyAddress(MailMessage, frozen=True, kw_only=True):
    """Sent to a new account's address, to verify it."""

    template: ClassVar[str] = "verify_address"

    token: str


class AddressKnown(MailMessage, frozen=True, kw_only=True):
    """Sent to the owner of an address that was used to register another account, perhaps by the same person.

    `username` is the owner's own.
    """

    template: ClassVar[str] = "address_known"


class ConfirmAddress(MailMessage, frozen=True, kw_only=True):
    """Sent to the new address of an account, to confirm the change."""

    template: ClassVar[str] = "confirm_address"

    token: str


class ResetPassword(MailMessage, frozen=True, kw_only=True):
    """Sent to a player who forgot their password."""

    template: ClassVar[str] = "reset_password"

    token: str


class NewDevice(MailMessage, frozen=True, kw_only=True):
    """Sent after a sign-in with a new device; `at` is in ISO 8601."""

    template: ClassVar[str] = "new_device"

    at: str
    device: str
    address: str


class Notice(MailMessage, frozen=True, kw_only=True):
    """Sent after a change to the account's security; `action` is one of `security_log.actions`."""

    template: ClassVar[str] = "notice"

    action: str
    at: str
    device: str
    address: str
    detail: str = ""


class AccountDeleted(MailMessage, frozen=True, kw_only=True):
    """The last message to an account, sent after its deletion."""

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
