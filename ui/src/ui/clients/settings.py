"""What the owner of an account may see and change of it, as auth serves it."""

from datetime import datetime
from types import NoneType
from urllib.parse import quote
from uuid import UUID

import msgspec

from ui.clients.backend import Backend


class EmailChange(msgspec.Struct, frozen=True, omit_defaults=True):
    email: str
    password: str | None = None


class PasswordChange(msgspec.Struct, frozen=True, omit_defaults=True):
    password: str
    current_password: str | None = None


class Proof(msgspec.Struct, frozen=True, omit_defaults=True):
    """A password, where the account has one."""

    password: str | None = None


class ProofWithCode(msgspec.Struct, frozen=True, omit_defaults=True):
    code: str
    password: str | None = None


class TwoFactor(msgspec.Struct, frozen=True):
    enabled: bool
    enabled_at: datetime | None = None
    recovery_codes_left: int = 0


class TwoFactorSetup(msgspec.Struct, frozen=True):
    """A secret that waits for its first code; `qr_svg` shows `uri`."""

    secret: str
    uri: str
    qr_svg: str


class RecoveryCodes(msgspec.Struct, frozen=True):
    recovery_codes: tuple[str, ...]


class Passkey(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None = None


class Passkeys(msgspec.Struct, frozen=True):
    items: list[Passkey]


class NewPasskey(msgspec.Struct, frozen=True):
    """What the browser made; the credential goes to auth as it came."""

    ceremony: str
    name: str
    credential: msgspec.Raw


class PasskeyName(msgspec.Struct, frozen=True):
    name: str


class OpenSession(msgspec.Struct, frozen=True):
    id: UUID
    device: str
    address: str
    created_at: datetime
    last_used_at: datetime
    current: bool = False


class OpenSessions(msgspec.Struct, frozen=True):
    items: list[OpenSession]


class Identity(msgspec.Struct, frozen=True):
    """An account at a provider, linked with this one."""

    provider: str
    name: str
    label: str
    linked_at: datetime


class Identities(msgspec.Struct, frozen=True):
    items: list[Identity]


class SecurityEvent(msgspec.Struct, frozen=True):
    id: UUID
    action: str
    at: datetime
    address: str
    device: str
    detail: dict[str, str] = msgspec.field(default_factory=dict)


class SecurityEvents(msgspec.Struct, frozen=True):
    items: list[SecurityEvent]
    next_cursor: str | None = None


class SettingsClient(Backend):
    async def change_email(self, change: EmailChange, token: str) -> None:
        await self.put("/api/user/email", change, msgspec.Raw, token=token)

    async def forget_pending_email(self, token: str) -> None:
        await self.delete("/api/user/email/change", NoneType, token=token)

    async def change_password(self, change: PasswordChange, token: str) -> None:
        await self.put("/api/user/password", change, NoneType, token=token)

    async def two_factor(self, token: str) -> TwoFactor:
        return await self.get("/api/user/two-factor", TwoFactor, token=token)

    async def set_up_two_factor(self, proof: Proof, token: str) -> TwoFactorSetup:
        return await self.post("/api/user/two-factor/setup", proof, TwoFactorSetup, token=token)

    async def enable_two_factor(self, proof: ProofWithCode, token: str) -> RecoveryCodes:
        return await self.post("/api/user/two-factor", proof, RecoveryCodes, token=token)

    async def disable_two_factor(self, proof: ProofWithCode, token: str) -> None:
        await self.post("/api/user/two-factor/disable", proof, NoneType, token=token)

    async def renew_recovery_codes(self, proof: ProofWithCode, token: str) -> RecoveryCodes:
        path = "/api/user/two-factor/recovery-codes"
        return await self.post(path, proof, RecoveryCodes, token=token)

    async def passkeys(self, token: str) -> list[Passkey]:
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

    async def identities(self, token: str) -> list[Identity]:
        return (await self.get("/api/user/oauth/identities", Identities, token=token)).items

    async def unlink(self, provider: str, token: str) -> None:
        path = f"/api/user/oauth/identities/{quote(provider, safe='')}"
        await self.delete(path, NoneType, token=token)

    async def security_events(
        self, token: str, *, limit: int, cursor: str | None = None
    ) -> SecurityEvents:
        query = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
        return await self.get("/api/user/security-events", SecurityEvents, token=token, query=query)

    async def delete_account(self, proof: Proof, token: str) -> None:
        await self.post("/api/user/deletion", proof, NoneType, token=token)
