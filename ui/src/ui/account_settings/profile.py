"""Settings page of the public profile: display name, bio and avatar."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import MultipartBody, URLEncodedBody
from litestar.response import Template

from contracts.auth.profiles import ProfileChange, PublicProfile
from transcendence_common.identity import Player
from ui.account_settings.forms import UNTOUCHED_FORM, FormState, form_with_errors, refused_form
from ui.account_settings.pages import SettingsPage, redirect_with_notice
from ui.clients.auth import AuthClient
from ui.clients.backend import BackendDown, Refused
from ui.links import urls
from ui.pages import PageRequest, render
from ui.session.state import session_of

LONGEST_DISPLAY_NAME: Final = 40
LONGEST_BIO: Final = 500
MAX_PICTURE_BODY_BYTES: Final = 6 * 1024 * 1024
"""Bytes. Auth accepts pictures of 5 MiB; the rest is for the form around one."""
UNKNOWN_TYPE: Final = "application/octet-stream"


class ProfileForm(msgspec.Struct, frozen=True):
    display_name: str = ""
    bio: str = ""


@dataclass
class PictureForm:
    picture: UploadFile | None = None


class ProfileSettingsPage(SettingsPage, frozen=True, kw_only=True):
    template: ClassVar[str] = "settings/profile.html"

    section: str = "profile"
    profile: PublicProfile | None
    """The stored profile; None if auth is unavailable."""
    form: FormState = UNTOUCHED_FORM
    picture: FormState = UNTOUCHED_FORM
    longest_display_name: int = LONGEST_DISPLAY_NAME
    longest_bio: int = LONGEST_BIO


@get("/settings")
async def show_profile_settings(
    request: PageRequest,
    player: NamedDependency[Player],
    auth: NamedDependency[AuthClient],
) -> Template:
    profile = await auth.public_profile(player.name, session_of(request).required_access_token())
    return render(request, ProfileSettingsPage(profile=profile, form=_profile_form_state(profile)))


@post("/settings/profile")
async def change_profile(
    request: PageRequest,
    data: URLEncodedBody[ProfileForm],
    player: NamedDependency[Player],
    auth: NamedDependency[AuthClient],
) -> Response[Any]:
    # Browsers send two characters for a line break; auth counts one.
    change = ProfileChange(data.display_name.strip(), data.bio.replace("\r\n", "\n").strip())
    try:
        await auth.change_profile(change, session_of(request).required_access_token())
    except (BackendDown, Refused) as error:
        form = refused_form(error, display_name=data.display_name, bio=data.bio)
        profile = await _stored_profile(request, auth, player)
        page = ProfileSettingsPage(profile=profile, form=form)
        return render(request, page, status=form.status)
    return redirect_with_notice(request, urls.settings, "profile_saved")


@post("/settings/avatar", request_max_body_size=MAX_PICTURE_BODY_BYTES)
async def change_avatar(
    request: PageRequest,
    data: MultipartBody[PictureForm],
    player: NamedDependency[Player],
    auth: NamedDependency[AuthClient],
) -> Response[Any]:
    content = await data.picture.read() if data.picture else b""
    wrong = form_with_errors({"picture": "" if content else "Choose a picture first."})
    if wrong is None and data.picture:
        try:
            await auth.replace_avatar(
                content,
                data.picture.content_type or UNKNOWN_TYPE,
                session_of(request).required_access_token(),
            )
        except (BackendDown, Refused) as error:
            wrong = _picture_form_state(error)
        else:
            return redirect_with_notice(request, urls.settings, "picture_saved")
    return await _show_picture_form_again(request, auth, player, wrong or UNTOUCHED_FORM)


@post("/settings/avatar/remove")
async def remove_avatar(
    request: PageRequest,
    player: NamedDependency[Player],
    auth: NamedDependency[AuthClient],
) -> Response[Any]:
    try:
        await auth.remove_avatar(session_of(request).required_access_token())
    except (BackendDown, Refused) as error:
        return await _show_picture_form_again(request, auth, player, refused_form(error))
    return redirect_with_notice(request, urls.settings, "picture_removed")


def _picture_form_state(error: BackendDown | Refused) -> FormState:
    """Return the form's state after a rejected picture. The error is shown at the field, because the form has only
    one."""
    form = refused_form(error)
    if isinstance(error, Refused) and not form.errors:
        return FormState(status=form.status, errors={"picture": form.problem})
    return form


async def _show_picture_form_again(
    request: PageRequest, auth: AuthClient, player: Player, picture: FormState
) -> Template:
    profile = await _stored_profile(request, auth, player)
    form = _profile_form_state(profile) if profile else UNTOUCHED_FORM
    page = ProfileSettingsPage(profile=profile, form=form, picture=picture)
    return render(request, page, status=picture.status)


async def _stored_profile(
    request: PageRequest, auth: AuthClient, player: Player
) -> PublicProfile | None:
    try:
        return await auth.public_profile(player.name, session_of(request).required_access_token())
    except BackendDown:
        return None


def _profile_form_state(profile: PublicProfile) -> FormState:
    # Auth returns the username as display name if the player has chosen none.
    chosen = "" if profile.display_name == profile.username else profile.display_name
    return FormState(values={"display_name": chosen or "", "bio": profile.bio})
