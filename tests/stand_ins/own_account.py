"""Routes of a player's own account at the stand-in for auth: profile, address, password, second
factor, passkeys, sessions, linked accounts, security log, export and deletion."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from litestar import Response, delete, get, patch, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from auth.accounts.errors import WrongPassword
from auth.oauth.errors import NoSuchIdentity
from auth.passkeys.errors import NoSuchPasskey
from auth.privacy.errors import ExportIncomplete
from auth.profiles.errors import NotAnImage, PictureTooLarge
from auth.sessions.errors import NoSuchSession
from auth.sign_in_methods.errors import LastSignInMethod
from auth.two_factor.errors import TwoFactorOff, TwoFactorOn, WrongCode
from tests.stand_ins.auth import (
    MADE_AT,
    NAMESPACE,
    AuthRequest,
    Person,
    Session,
    StandInAuth,
    password_errors,
)
from transcendence_common.problems import FieldError, InvalidFields

RECOVERY_CODES: Final = tuple(f"aaaa-bbbb-{number:04d}" for number in range(10))
SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
URI: Final = f"otpauth://totp/Transcendence:Alice?secret={SECRET}&issuer=Transcendence"
QR: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 21 21"><path d="M4 4h7v7H4z"/></svg>'
)
CODE: Final = "123456"
LONGEST_DISPLAY_NAME: Final = 40
MAX_PICTURE_BYTES: Final = 5 * 1024 * 1024
PROVIDER_NAMES: Final = {"42": "42", "github": "GitHub", "google": "Google"}
PNG: Final = b"\x89PNG\r\n\x1a\n"

Json = dict[str, Any]
"""An object as auth sends it."""


class OwnAccounts:
    """A feature of the stand-in. `elsewhere` has further sessions, `events` the security log."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.profiles: dict[str, Json] = {}
        self.passkeys: list[Json] = []
        self.elsewhere: list[Json] = []
        self.events: list[Json] = []
        self.export_misses = ""
        self.last_way_in = False

    def profile(self, person: Person) -> Json:
        kept = self.profiles.get(person.name, {})
        return {"display_name": None, "bio": "", "avatar": None, **kept}

    def change(self, person: Person, **values: object) -> None:
        self.profiles[person.name] = {**self.profile(person), **values}

    def add_passkey(self, name: str, *, used: bool = False) -> UUID:
        passkey_id = uuid5(NAMESPACE, f"passkey {len(self.passkeys)}")
        used_at = (MADE_AT + timedelta(days=1)).isoformat() if used else None
        self.passkeys.append(
            {
                "id": str(passkey_id),
                "name": name,
                "created_at": MADE_AT.isoformat(),
                "last_used_at": used_at,
            }
        )
        return passkey_id

    def add_session(self, device: str, address: str) -> UUID:
        session_id = uuid5(NAMESPACE, f"elsewhere {len(self.elsewhere)}")
        self.elsewhere.append(_session(session_id, device, address, current=False))
        return session_id

    def add_event(self, action: str, **detail: str) -> None:
        number = len(self.events)
        self.events.append(
            {
                "id": str(uuid5(NAMESPACE, f"event {number}")),
                "action": action,
                "at": (MADE_AT - timedelta(hours=number)).isoformat(),
                "address": "203.0.113.7",
                "device": "Firefox on Linux",
                "detail": detail,
            }
        )

    def __call__(self, auth: StandInAuth) -> Sequence[HTTPRouteHandler]:
        return [
            *self._profile(auth),
            *self._address_and_password(auth),
            *self._two_factor(auth),
            *self._passkeys(auth),
            *self._sessions(auth),
            *self._identities(auth),
            *self._privacy(auth),
        ]

    def _profile(self, auth: StandInAuth) -> Sequence[HTTPRouteHandler]:
        @patch("/api/user/profile")
        async def change(request: AuthRequest, data: JSONBody[dict[str, str]]) -> Json:
            person = auth.session_of(request).person
            if len(data["display_name"]) > LONGEST_DISPLAY_NAME:
                raise InvalidFields(FieldError("display_name", "At most 40 characters."))
            self.change(person, display_name=data["display_name"] or None, bio=data["bio"])
            return self.profile(person)

        @put("/api/user/profile/avatar")
        async def put_avatar(request: AuthRequest) -> Json:
            person = auth.session_of(request).person
            auth.check_limit("avatar")
            picture = await request.body()
            if len(picture) > MAX_PICTURE_BYTES:
                raise PictureTooLarge("A picture may have 5 MB.")
            if not picture.startswith(PNG):
                raise NotAnImage
            self.change(person, avatar="a1b2c3")
            return {"avatar": "a1b2c3"}

        @delete("/api/user/profile/avatar")
        async def remove_avatar(request: AuthRequest) -> None:
            self.change(auth.session_of(request).person, avatar=None)

        return [change, put_avatar, remove_avatar]

    def _address_and_password(self, auth: StandInAuth) -> Sequence[HTTPRouteHandler]:
        @put("/api/user/email", status_code=202)
        async def change_email(request: AuthRequest, data: JSONBody[Json]) -> None:
            person = _proven(auth, request, data)
            if "@" not in data["email"]:
                raise InvalidFields(FieldError("email", "This is not an e-mail address."))
            person.pending_email = data["email"]

        @delete("/api/user/email/change")
        async def forget(request: AuthRequest) -> None:
            auth.session_of(request).person.pending_email = None

        @put("/api/user/password", status_code=204)
        async def change_password(request: AuthRequest, data: JSONBody[Json]) -> None:
            person = _proven(auth, request, data, "current_password")
            if errors := password_errors(data["password"]):
                raise InvalidFields(*errors)
            person.password = data["password"]

        return [change_email, forget, change_password]

    def _two_factor(self, auth: StandInAuth) -> Sequence[HTTPRouteHandler]:
        @get("/api/user/two-factor")
        async def state(request: AuthRequest) -> Json:
            on = auth.session_of(request).person.code is not None
            at = MADE_AT.isoformat() if on else None
            return {"enabled": on, "enabled_at": at, "recovery_codes_left": 10 if on else 0}

        @post("/api/user/two-factor/setup", status_code=200)
        async def set_up(request: AuthRequest, data: JSONBody[Json]) -> Json:
            if _proven(auth, request, data).code:
                raise TwoFactorOn
            return {"secret": SECRET, "uri": URI, "qr_svg": QR}

        @post("/api/user/two-factor", status_code=201)
        async def enable(request: AuthRequest, data: JSONBody[Json]) -> Json:
            person = _proven(auth, request, data)
            if person.code:
                raise TwoFactorOn
            if data["code"] != CODE:
                raise WrongCode
            person.code = CODE
            return {"recovery_codes": RECOVERY_CODES}

        @post("/api/user/two-factor/disable", status_code=204)
        async def disable(request: AuthRequest, data: JSONBody[Json]) -> None:
            _with_code(auth, request, data).code = None

        @post("/api/user/two-factor/recovery-codes", status_code=200)
        async def renew(request: AuthRequest, data: JSONBody[Json]) -> Json:
            _with_code(auth, request, data)
            return {"recovery_codes": RECOVERY_CODES}

        return [state, set_up, enable, disable, renew]

    def _passkeys(self, auth: StandInAuth) -> Sequence[HTTPRouteHandler]:
        @get("/api/user/passkeys")
        async def passkeys(request: AuthRequest) -> Json:
            auth.session_of(request)
            return {"items": self.passkeys}

        @post("/api/user/passkeys/options", status_code=200)
        async def options(request: AuthRequest) -> Json:
            auth.recent_session_of(request)
            return {"ceremony": "new-1", "public_key": {"challenge": "AAAA"}}

        @post("/api/user/passkeys", status_code=201)
        async def add(request: AuthRequest, data: JSONBody[Json]) -> Json:
            auth.recent_session_of(request)
            if not data["name"]:
                raise InvalidFields(FieldError("name", "Enter a name."))
            self.add_passkey(data["name"])
            return self.passkeys[-1]

        @patch("/api/user/passkeys/{passkey_id:uuid}")
        async def rename(
            request: AuthRequest, passkey_id: FromPath[UUID], data: JSONBody[Json]
        ) -> Json:
            auth.session_of(request)
            passkey = self._passkey(passkey_id)
            if len(data["name"]) > LONGEST_DISPLAY_NAME:
                raise InvalidFields(FieldError("name", "At most 40 characters."))
            passkey["name"] = data["name"]
            return passkey

        @delete("/api/user/passkeys/{passkey_id:uuid}")
        async def remove(request: AuthRequest, passkey_id: FromPath[UUID]) -> None:
            auth.recent_session_of(request)
            passkey = self._passkey(passkey_id)
            self._keep_a_way_in()
            self.passkeys.remove(passkey)

        return [passkeys, options, add, rename, remove]

    def _sessions(self, auth: StandInAuth) -> Sequence[HTTPRouteHandler]:
        @get("/api/user/sessions")
        async def sessions(request: AuthRequest) -> Json:
            own = auth.session_of(request)
            here = _session(own.id, "Chromium on Linux", "203.0.113.7", current=True)
            return {"items": [here, *self.elsewhere]}

        @delete("/api/user/sessions/{session_id:uuid}")
        async def end(request: AuthRequest, session_id: FromPath[UUID]) -> None:
            auth.session_of(request)
            left = [each for each in self.elsewhere if each["id"] != str(session_id)]
            if len(left) == len(self.elsewhere):
                raise NoSuchSession
            self.elsewhere = left

        @delete("/api/user/sessions")
        async def end_others(request: AuthRequest) -> None:
            auth.session_of(request)
            self.elsewhere = []

        return [sessions, end, end_others]

    def _identities(self, auth: StandInAuth) -> Sequence[HTTPRouteHandler]:
        @get("/api/user/oauth/identities")
        async def identities(request: AuthRequest) -> Json:
            linked = sorted(auth.session_of(request).person.identities)
            return {"items": [_identity(provider) for provider in linked]}

        @delete("/api/user/oauth/identities/{provider:str}")
        async def unlink(request: AuthRequest, provider: FromPath[str]) -> None:
            linked = auth.recent_session_of(request).person.identities
            if provider not in linked:
                raise NoSuchIdentity
            self._keep_a_way_in()
            linked.remove(provider)

        return [identities, unlink]

    def _privacy(self, auth: StandInAuth) -> Sequence[HTTPRouteHandler]:
        @get("/api/user/security-events")
        async def events(
            request: AuthRequest, limit: FromQuery[int] = 20, cursor: FromQuery[str] = "0"
        ) -> Json:
            auth.session_of(request)
            start = int(cursor)
            more = str(start + limit) if start + limit < len(self.events) else None
            return {"items": self.events[start : start + limit], "next_cursor": more}

        @get("/api/user/export")
        async def export(request: AuthRequest) -> Response[Json]:
            session = auth.recent_session_of(request)
            auth.check_limit("export")
            if self.export_misses:
                raise ExportIncomplete(self.export_misses)
            return Response({"account": {"username": session.person.name}, "history": {}})

        @post("/api/user/deletion", status_code=204)
        async def erase(request: AuthRequest, data: JSONBody[Json]) -> None:
            person = _proven(auth, request, data)
            del auth.people[person.name]
            auth.end_sessions()

        return [events, export, erase]

    def _passkey(self, passkey_id: UUID) -> Json:
        for passkey in self.passkeys:
            if passkey["id"] == str(passkey_id):
                return passkey
        raise NoSuchPasskey

    def _keep_a_way_in(self) -> None:
        if self.last_way_in:
            raise LastSignInMethod


def _proven(auth: StandInAuth, request: AuthRequest, data: Json, name: str = "password") -> Person:
    """Return the player, after checking the password or, for an account without
    one, a recent authentication."""
    session: Session = auth.session_of(request)
    auth.check_limit("proof")
    if session.person.password is None:
        return auth.recent_session_of(request).person
    if data.get(name) != session.person.password:
        raise WrongPassword(name)
    return session.person


def _with_code(auth: StandInAuth, request: AuthRequest, data: Json) -> Person:
    person = _proven(auth, request, data)
    if person.code is None:
        raise TwoFactorOff
    if data["code"] not in {person.code, *RECOVERY_CODES}:
        raise WrongCode
    return person


def _identity(provider: str) -> Json:
    return {
        "provider": provider,
        "name": PROVIDER_NAMES[provider],
        "label": "alice",
        "linked_at": MADE_AT.isoformat(),
    }


def _session(session_id: UUID, device: str, address: str, *, current: bool) -> Json:
    return {
        "id": str(session_id),
        "device": device,
        "address": address,
        "created_at": MADE_AT.isoformat(),
        "last_used_at": (MADE_AT + timedelta(hours=3)).isoformat(),
        "current": current,
    }
