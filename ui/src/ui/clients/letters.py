"""What links in mails lead to: verifying an address, changing it, choosing a new password."""

from types import NoneType

from contracts.auth.addresses import Verified
from contracts.auth.links import LinkToken
from contracts.auth.passwords import Reset, ResetRequest
from ui.clients.backend import Backend


class LettersClient(Backend):
    async def verify(self, link_token: str) -> Verified:
        body = LinkToken(link_token)
        return await self.post("/api/user/email/verification", body, Verified, token=None)

    async def send_verification_again(self, token: str) -> None:
        await self.post("/api/user/email/verification/resend", None, NoneType, token=token)

    async def confirm_email(self, link_token: str) -> Verified:
        body = LinkToken(link_token)
        return await self.post("/api/user/email/change", body, Verified, token=None)

    async def ask_for_reset(self, email: str) -> None:
        body = ResetRequest(email)
        await self.post("/api/user/password/reset-requests", body, NoneType, token=None)

    async def reset(self, new: Reset) -> None:
        await self.post("/api/user/password/resets", new, NoneType, token=None)
