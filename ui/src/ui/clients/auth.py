"""Client of auth: accounts, sessions, profiles and friends."""

from types import NoneType
from typing import Final
from urllib.parse import quote
from uuid import UUID

import msgspec

from contracts.auth.accounts import OwnAccount, RegisteredAccount, Registration
from contracts.auth.addresses import EmailChangeRequest, VerifiedAccount
from contracts.auth.friends import Friends
from contracts.auth.links import LinkToken
from contracts.auth.oauth import (
    FinishedProviderVisit,
    IdentityList,
    LinkedIdentity,
    ProviderDetails,
    ProviderList,
    ProviderVisitEnd,
    ProviderVisitStart,
    StartedProviderVisit,
)
from contracts.auth.passkeys import PasskeyName, Passkeys, PasskeyView
from contracts.auth.passwords import PasswordChange, PasswordReset, PasswordResetRequest
from contracts.auth.privacy import AccountDeletion, SecurityEventView
from contracts.auth.profiles import FoundPlayer, ProfileChange, PublicProfile
from contracts.auth.sessions import (
    ConfirmationRequest,
    Credentials,
    OpenSession,
    OpenSessions,
    SecondFactorChallenge,
    TokenRenewal,
    Tokens,
)
from contracts.auth.two_factor import (
    PasswordAndCode,
    RecoveryCodes,
    SecondFactorAnswer,
    TwoFactorSetup,
    TwoFactorSetupRequest,
    TwoFactorStatus,
)
from contracts.pages import Page
from ui.clients.backend import Backend

PROVIDER_LIST_SECONDS: Final = 1.0
"""Seconds for the list of providers, which is optional: the page works without it."""
PICTURE_SECONDS: Final = 20.0
"""Seconds for an upload. Pictures are decoded by a process of its own, which may have to wait for its turn."""
PROVIDER_SECONDS: Final = 15.0
"""Seconds for a visit to a provider, during which auth makes up to two requests to it."""


class PasskeyRequest(msgspec.Struct, frozen=True):
    """The options that a browser passes to its authenticator, as WebAuthn's own JSON."""

    ceremony: str
    public_key: msgspec.Raw


class PasskeyAnswer(msgspec.Struct, frozen=True):
    ceremony: str
    credential: msgspec.Raw


class NewPasskey(msgspec.Struct, frozen=True):
    """A passkey that the browser created; the credential is passed to auth unchanged."""

    ceremony: str
    name: str
    credential: msgspec.Raw


class AuthClient(Backend):
    async def register(self, registration: Registration) -> RegisteredAccount:
        return await self.post("/api/user/register", registration, RegisteredAccount, token=None)

    async def sign_in(self, credentials: Credentials) -> Tokens | SecondFactorChallenge:
        return await self.post_or(
            "/api/user/login", credentials, Tokens, SecondFactorChallenge, token=None
        )

    async def answer_challenge(self, answer: SecondFactorAnswer) -> Tokens:
        return await self.post("/api/user/login/two-factor", answer, Tokens, token=None)

    async def renew_session(self, refresh_token: str) -> Tokens:
        body = TokenRenewal(refresh_token)
        return await self.post("/api/user/refresh", body, Tokens, token=None)

    async def sign_out(self, refresh_token: str) -> None:
        await self.post("/api/user/logout", TokenRenewal(refresh_token), NoneType, token=None)

    async def own_account(self, token: str) -> OwnAccount:
        return await self.get("/api/user/me", OwnAccount, token=token)

    async def providers(self) -> list[ProviderDetails]:
        path = "/api/user/oauth/providers"
        return (await self.get(path, ProviderList, token=None, seconds=PROVIDER_LIST_SECONDS)).items

    async def start_provider_visit(
        self, provider: str, start: ProviderVisitStart, token: str | None
    ) -> StartedProviderVisit:
        path = f"/api/user/oauth/{quote(provider, safe='')}/start"
        return await self.post(
            path, start, StartedProviderVisit, token=token, seconds=PROVIDER_SECONDS
        )

    async def finish_provider_visit(
        self, end: ProviderVisitEnd, token: str | None
    ) -> FinishedProviderVisit:
        path = "/api/user/oauth/finish"
        return await self.post(
            path, end, FinishedProviderVisit, token=token, seconds=PROVIDER_SECONDS
        )

    async def sign_in_passkey_request(self) -> PasskeyRequest:
        path = "/api/user/login/passkey/options"
        return await self.post(path, None, PasskeyRequest, token=None)

    async def sign_in_with_passkey(self, answer: PasskeyAnswer) -> Tokens:
        return await self.post("/api/user/login/passkey", answer, Tokens, token=None)

    async def confirm_session(self, proof: ConfirmationRequest, token: str) -> None:
        await self.post("/api/user/sessions/confirmation", proof, NoneType, token=token)

    async def confirmation_passkey_request(self, token: str) -> PasskeyRequest:
        path = "/api/user/sessions/confirmation/passkey/options"
        return await self.post(path, None, PasskeyRequest, token=token)

    async def confirm_with_passkey(self, answer: PasskeyAnswer, token: str) -> None:
        path = "/api/user/sessions/confirmation/passkey"
        await self.post(path, answer, NoneType, token=token)

    async def verify_email(self, link_token: str) -> VerifiedAccount:
        body = LinkToken(link_token)
        return await self.post("/api/user/email/verification", body, VerifiedAccount, token=None)

    async def send_verification_again(self, token: str) -> None:
        await self.post("/api/user/email/verification/resend", None, NoneType, token=token)

    async def confirm_email(self, link_token: str) -> VerifiedAccount:
        body = LinkToken(link_token)
        return await self.post("/api/user/email/change", body, VerifiedAccount, token=None)

    async def ask_for_reset(self, email: str) -> None:
        body = PasswordResetRequest(email)
        await self.post("/api/user/password/reset-requests", body, NoneType, token=None)

    async def reset_password(self, new: PasswordReset) -> None:
        await self.post("/api/user/password/resets", new, NoneType, token=None)

    async def public_profile(self, username: str, token: str | None) -> PublicProfile:
        path = f"/api/user/players/{quote(username, safe='')}"
        return await self.get(path, PublicProfile, token=token)

    async def search_players(self, query: str, token: str, *, limit: int) -> Page[FoundPlayer]:
        asked = {"query": query, "limit": str(limit)}
        return await self.get("/api/user/players", Page[FoundPlayer], token=token, query=asked)

    async def change_profile(self, change: ProfileChange, token: str) -> None:
        await self.patch("/api/user/profile", change, msgspec.Raw, token=token)

    async def replace_avatar(self, picture: bytes, media_type: str, token: str) -> None:
        await self.put_file(
            "/api/user/profile/avatar",
            picture,
            media_type,
            msgspec.Raw,
            token=token,
            seconds=PICTURE_SECONDS,
        )

    async def remove_avatar(self, token: str) -> None:
        await self.delete("/api/user/profile/avatar", NoneType, token=token)

    async def change_email(self, change: EmailChangeRequest, token: str) -> None:
        await self.put("/api/user/email", change, msgspec.Raw, token=token)

    async def cancel_email_change(self, token: str) -> None:
        await self.delete("/api/user/email/change", NoneType, token=token)

    async def change_password(self, change: PasswordChange, token: str) -> None:
        await self.put("/api/user/password", change, NoneType, token=token)

    async def two_factor_status(self, token: str) -> TwoFactorStatus:
        return await self.get("/api/user/two-factor", TwoFactorStatus, token=token)

    async def set_up_two_factor(self, proof: TwoFactorSetupRequest, token: str) -> TwoFactorSetup:
        return await self.post("/api/user/two-factor/setup", proof, TwoFactorSetup, token=token)

    async def enable_two_factor(self, proof: PasswordAndCode, token: str) -> RecoveryCodes:
        return await self.post("/api/user/two-factor", proof, RecoveryCodes, token=token)

    async def disable_two_factor(self, proof: PasswordAndCode, token: str) -> None:
        await self.post("/api/user/two-factor/disable", proof, NoneType, token=token)

    async def renew_recovery_codes(self, proof: PasswordAndCode, token: str) -> RecoveryCodes:
        path = "/api/user/two-factor/recovery-codes"
        return await self.post(path, proof, RecoveryCodes, token=token)

    async def passkeys(self, token: str) -> list[PasskeyView]:
        return (await self.get("/api/user/passkeys", Passkeys, token=token)).items

    async def new_passkey_options(self, token: str) -> msgspec.Raw:
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

    async def linked_identities(self, token: str) -> list[LinkedIdentity]:
        return (await self.get("/api/user/oauth/identities", IdentityList, token=token)).items

    async def unlink_provider(self, provider: str, token: str) -> None:
        path = f"/api/user/oauth/identities/{quote(provider, safe='')}"
        await self.delete(path, NoneType, token=token)

    async def security_events(
        self, token: str, *, limit: int, cursor: str | None = None
    ) -> Page[SecurityEventView]:
        query = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
        return await self.get(
            "/api/user/security-events", Page[SecurityEventView], token=token, query=query
        )

    async def delete_account(self, deletion: AccountDeletion, token: str) -> None:
        await self.post("/api/user/deletion", deletion, NoneType, token=token)

    async def friends(self, token: str) -> Friends:
        return await self.get("/api/user/friends", Friends, token=token)

    async def ask_for_friendship(self, username: str, token: str) -> None:
        """Ask for friendship, or accept if the other player asked first."""
        await self.post(_friend_path(username), None, msgspec.Raw, token=token)

    async def accept_friend_request(self, username: str, token: str) -> None:
        await self.post(f"{_friend_path(username)}/accept", None, msgspec.Raw, token=token)

    async def end_friendship(self, username: str, token: str) -> None:
        """End a friendship, cancel a request or decline one."""
        await self.delete(_friend_path(username), NoneType, token=token)

    async def block_player(self, username: str, token: str) -> None:
        await self.put(_block_path(username), None, NoneType, token=token)

    async def unblock_player(self, username: str, token: str) -> None:
        await self.delete(_block_path(username), NoneType, token=token)


def _friend_path(username: str) -> str:
    return f"/api/user/friends/{quote(username, safe='')}"


def _block_path(username: str) -> str:
    return f"/api/user/blocks/{quote(username, safe='')}"
