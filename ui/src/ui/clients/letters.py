"""What links in mails lead to: verifying an address, changing it, choosing a new password."""

from types import NoneType

import msgspec

from ui.clients.backend import Backend


class LinkToken(msgspec.Struct, frozen=True):
    token: str


class VerifiedAccount(msgspec.Struct, frozen=True):
    username: str


class ResetRequest(msgspec.Struct, frozen=True):
    email: str


class NewPassword(msgspec.Struct, frozen=True):
    token: str
    password: str


class LettersClient(Backend):
    async def verify(self, link_token: str) -> VerifiedAccount:
        body = LinkToken(link_token)
        return await self.post("/api/user/email/verification", body, VerifiedAccount, token=None)

    async def send_verification_again(self, token: str) -> None:
        await self.post("/api/user/email/verification/resend", None, NoneType, token=token)

    async def confirm_email(self, link_token: str) -> VerifiedAccount:
        body = LinkToken(link_token)
        return await self.post("/api/user/email/change", body, VerifiedAccount, token=None)

    async def ask_for_reset(self, email: str) -> None:
        body = ResetRequest(email)
        await self.post("/api/user/password/reset-requests", body, NoneType, token=None)

    async def reset(self, new: NewPassword) -> None:
        await self.post("/api/user/password/resets", new, NoneType, token=None)
