"""What the owner of an account may see and change of it, as auth serves it."""

from types import NoneType
from urllib.parse import quote
from uuid import UUID

import msgspec

from contracts.auth.addresses import EmailChange
from contracts.auth.oauth import IdentityList, LinkedIdentity
from contracts.auth.passkeys import PasskeyName, Passkeys, PasskeyView
from contracts.auth.passwords import PasswordChange
from contracts.auth.privacy import Deletion, SecurityEventView
from contracts.auth.sessions import OpenSession, OpenSessions
from contracts.auth.two_factor import Proof, RecoveryCodes, Setup, SetupRequest, TwoFactorStatus
from contracts.pages import Page
from ui.clients.backend import Backend


class NewPasskey(msgspec.Struct, frozen=True):
    """What the browser made; the credential goes to auth as it came."""

    ceremony: str
    name: str
    credential: msgspec.Raw


class SettingsClient(Backend):
    async def change_email(self, change: EmailChange, token: str) -> None:
        await self.put("/api/user/email", change, msgspec.Raw, token=token)

    async def forget_pending_email(self, token: str) -> None:
        await self.delete("/api/user/email/change", NoneType, token=token)

    async def change_password(self, change: PasswordChange, token: str) -> None:
        await self.put("/api/user/password", change, NoneType, token=token)

    async def two_factor(self, token: str) -> TwoFactorStatus:
        return await self.get("/api/user/two-factor", TwoFactorStatus, token=token)

    async def set_up_two_factor(self, proof: SetupRequest, token: str) -> Setup:
        return await self.post("/api/user/two-factor/setup", proof, Setup, token=token)

    async def enable_two_factor(self, proof: Proof, token: str) -> RecoveryCodes:
        return await self.post("/api/user/two-factor", proof, RecoveryCodes, token=token)

    async def disable_two_factor(self, proof: Proof, token: str) -> None:
        await self.post("/api/user/two-factor/disable", proof, NoneType, token=token)

    async def renew_recovery_codes(self, proof: Proof, token: str) -> RecoveryCodes:
        path = "/api/user/two-factor/recovery-codes"
        return await self.post(path, proof, RecoveryCodes, token=token)

    async def passkeys(self, token: str) -> list[PasskeyView]:
        return (await self.get("/api/user/passkeys", Passkeys, token=token)).items

    async def passkey_options(self, token: str) -> msgspec.Raw:
        return await self.post("/api/user/passkeys/options", None, msgspec.Raw, token=token)

    async def add_passkey(self, passkey: NewPasskey, token: str) -> None:
        await self.post("/api/user/passkeys", passkey, msgspec.Raw, token=token)

    async def rename_passkey(self, passkey_id: UUID, name: str, token: str) -> None:
        path = f"/api/user/passkeys/{passkey_id}"
        await self.patch(path, PasskeyName(name), msgspec.Raw, token=token)

    async def remove_passkey(self, passkey_id: UUID, token: str) -> None:
        await self.delete(f"/api/user/passkeys/{passkey_id}", NoneType, token=token)

    async def sessions(self, token: str) -> list[OpenSession]:
        return (await self.get("/api/user/sessions", OpenSessions, token=token)).items

    async def end_session(self, session_id: UUID, token: str) -> None:
        await self.delete(f"/api/user/sessions/{session_id}", NoneType, token=token)

    async def end_other_sessions(self, token: str) -> None:
        await self.delete("/api/user/sessions", NoneType, token=token)

    async def identities(self, token: str) -> list[LinkedIdentity]:
        return (await self.get("/api/user/oauth/identities", IdentityList, token=token)).items

    async def unlink(self, provider: str, token: str) -> None:
        path = f"/api/user/oauth/identities/{quote(provider, safe='')}"
        await self.delete(path, NoneType, token=token)

    async def security_events(
        self, token: str, *, limit: int, cursor: str | None = None
    ) -> Page[SecurityEventView]:
        query = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
        return await self.get(
            "/api/user/security-events", Page[SecurityEventView], token=token, query=query
        )

    async def delete_account(self, deletion: Deletion, token: str) -> None:
        await self.post("/api/user/deletion", deletion, NoneType, token=token)
