"""The public profile: display name, bio and picture."""

import httpx
import pytest

from tests.stand_ins.auth import StandInAuth
from tests.stand_ins.own_account import MAX_PICTURE_BYTES, PNG, OwnAccounts
from ui.account_settings.profile import MAX_PICTURE_BODY_BYTES

PROFILE = {"display_name": "Alice in Paddleland", "bio": "Left-handed.\r\nPatient."}


def picture(content: bytes = PNG, name: str = "me.png") -> dict[str, tuple[str, bytes, str]]:
    return {"picture": (name, content, "image/png")}


async def test_the_page_shows_the_stored_values(
    alice: httpx.AsyncClient, auth: StandInAuth, own_accounts: OwnAccounts
) -> None:
    own_accounts.change(auth.people["Alice"], display_name="Ace", bio="<b>fast</b>", avatar="a1")
    answer = await alice.get("/settings")
    assert answer.status_code == 200
    assert 'value="Ace"' in answer.text
    assert "&lt;b&gt;fast&lt;/b&gt;</textarea>" in answer.text
    assert 'src="/api/user/avatars/a1/512.webp"' in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_a_sprite_replaces_a_missing_picture(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/settings")
    assert "This is your sprite." in answer.text
    assert "<svg" in answer.text
    assert "/api/user/avatars/" not in answer.text


async def test_saving_leads_back_with_a_notice(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    answer = await alice.post("/settings/profile", data=PROFILE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
    assert own_accounts.profiles["Alice"]["bio"] == "Left-handed.\nPatient."
    page = await alice.get("/settings")
    assert "Saved. This is how others see you." in page.text
    assert 'value="Alice in Paddleland"' in page.text


async def test_an_empty_name_resets_the_display_name(
    alice: httpx.AsyncClient, own_accounts: OwnAccounts
) -> None:
    await alice.post("/settings/profile", data=PROFILE)
    await alice.post("/settings/profile", data={"display_name": "", "bio": ""})
    assert own_accounts.profiles["Alice"]["display_name"] is None


async def test_a_refusal_is_reported_at_the_field_and_typed_texts_are_kept(
    alice: httpx.AsyncClient,
) -> None:
    form = {"display_name": "x" * 41, "bio": "kept words"}
    answer = await alice.post("/settings/profile", data=form)
    assert answer.status_code == 400
    assert 'id="display_name-error">At most 40 characters.' in answer.text
    assert f'value="{"x" * 41}"' in answer.text
    assert "kept words</textarea>" in answer.text


async def test_typed_texts_are_kept_while_auth_is_down(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.keys_seen = auth.switch.down = True
    answer = await alice.post("/settings/profile", data=PROFILE)
    assert answer.status_code == 503
    assert "Accounts are unavailable right now." in answer.text
    assert 'value="Alice in Paddleland"' in answer.text
    assert "Patient.</textarea>" in answer.text


async def test_too_many_pictures_are_reported_with_the_time_to_wait(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.limited = frozenset({"avatar"})
    answer = await alice.post("/settings/avatar", files=picture(PNG + b"pixels"))
    assert answer.status_code == 429
    assert "Wait 17 s" in answer.text


async def test_a_picture_is_passed_on_unchanged(
    alice: httpx.AsyncClient, auth: StandInAuth, own_accounts: OwnAccounts
) -> None:
    answer = await alice.post("/settings/avatar", files=picture(PNG + b"pixels"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
    sent = next(request for request in auth.switch.asked if request.method == "PUT")
    assert sent.content == PNG + b"pixels"
    assert sent.headers["content-type"] == "image/png"
    assert own_accounts.profiles["Alice"]["avatar"] == "a1b2c3"
    assert "Picture updated." in (await alice.get("/settings")).text


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 400, "Choose a picture first."),
        (
            b"a song",
            422,
            "This file is not a JPEG, PNG or WebP picture. Choose another file.",
        ),
        (PNG + b"x" * MAX_PICTURE_BYTES, 413, "A picture may have 5 MB."),
    ],
)
async def test_an_invalid_picture_is_reported_at_the_field(
    alice: httpx.AsyncClient, content: bytes, status: int, words: str
) -> None:
    answer = await alice.post("/settings/avatar", files=picture(content))
    assert answer.status_code == status
    assert f'id="picture-error">{words}' in answer.text


async def test_a_form_without_a_file_asks_for_one(alice: httpx.AsyncClient) -> None:
    for files in ({"other": ("", b"x", "text/plain")}, picture(b"", name="")):
        answer = await alice.post("/settings/avatar", files=files)
        assert answer.status_code == 400
        assert "Choose a picture first." in answer.text


async def test_a_body_larger_than_any_picture_is_not_read(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    answer = await alice.post("/settings/avatar", files=picture(b"x" * MAX_PICTURE_BODY_BYTES))
    assert answer.status_code == 413
    assert auth.switch.asked == []


async def test_a_picture_while_auth_is_down_is_refused_with_a_reason(
    alice: httpx.AsyncClient, auth: StandInAuth
) -> None:
    auth.keys_seen = auth.switch.down = True
    for sent in (
        alice.post("/settings/avatar", files=picture()),
        alice.post("/settings/avatar/remove"),
    ):
        answer = await sent
        assert answer.status_code == 503
        assert "Accounts are unavailable right now." in answer.text


async def test_removing_a_picture_restores_the_sprite(alice: httpx.AsyncClient) -> None:
    await alice.post("/settings/avatar", files=picture())
    answer = await alice.post("/settings/avatar/remove")
    assert answer.headers["location"] == "/settings"
    page = await alice.get("/settings")
    assert "Your sprite is shown instead." in page.text
    assert "This is your sprite." in page.text
