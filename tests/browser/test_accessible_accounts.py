"""Accessibility of the pages about accounts and players."""

import re
from collections.abc import AsyncGenerator

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser.accessibility import Scene, check
from tests.browser.people import let_in, register_verified
from tests.browser.steps import PASSWORD, answer_with, sign_in
from tests.fixtures.platform import Platform
from tests.platform.players import Account, gateway_client

pytestmark = pytest.mark.thorough

NOT_THE_PASSWORD = "no walk along no net"


async def refused_sign_in(page: Page) -> None:
    await page.goto("/sign-in")
    await sign_in(page, "nobody-at-all", NOT_THE_PASSWORD)
    await expect(page.get_by_role("alert").first).to_contain_text("is wrong")


async def refused_with_a_passkey(page: Page) -> None:
    refusal = answer_with({"code": "too_many_attempts"}, status=429)
    await page.route("**/sign-in/passkey/options", refusal)
    await page.goto("/sign-in")
    await page.get_by_role("button", name="Use a passkey").click()
    await expect(page.locator("[data-passkey-problem]")).not_to_be_empty()


async def forgetful(page: Page) -> None:
    await page.goto("/forgot")


async def told_to_look_into_their_mail(page: Page) -> None:
    await page.goto("/forgot/sent")


async def choosing_a_password(page: Page) -> None:
    await page.goto("/reset?token=made-up")


async def behind_a_link(page: Page) -> None:
    await page.goto("/verify?token=made-up")


async def behind_an_unknown_link(page: Page) -> None:
    await behind_a_link(page)
    await page.get_by_role("button", name="Verify my address").click()
    await expect(page).to_have_title(re.compile("Unknown link"))


async def back_from_a_provider_with_nothing(page: Page) -> None:
    await page.goto("/sign-in/with/google/return?error=access_denied&state=made-up")


@pytest.mark.parametrize(
    "scene",
    [
        refused_sign_in,
        refused_with_a_passkey,
        forgetful,
        told_to_look_into_their_mail,
        choosing_a_password,
        behind_a_link,
        behind_an_unknown_link,
        back_from_a_provider_with_nothing,
    ],
)
async def test_pages_on_the_way_to_an_account_are_accessible(
    page: Page, scene: Scene, page_errors: list[str]
) -> None:
    await scene(page)
    # Chromium logs answers from 400 on as errors; these pages have them on purpose.
    page_errors.clear()
    await check(page)


async def profile_with_a_picture_refused(page: Page) -> None:
    await page.goto("/settings")
    await page.get_by_label("New picture").set_input_files(
        {"name": "face.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    await page.get_by_role("button", name="Upload").click()
    await expect(page.locator("#picture-error")).to_be_visible()


async def account_with_a_wrong_password(page: Page) -> None:
    await page.goto("/settings/account")
    await page.get_by_label("Current password").fill(NOT_THE_PASSWORD)
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_role("button", name="Change password").click()
    await expect(page.locator("#current_password-error")).to_be_visible()


async def security(page: Page) -> None:
    await page.goto("/settings/security")


async def second_factor_being_set_up(page: Page) -> None:
    await security(page)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Set up").click()
    await page.get_by_label("Code").fill("000000")
    await page.get_by_label("Password again").fill(PASSWORD)
    await page.get_by_role("button", name="Turn on").click()
    await expect(page.locator("#code-error")).to_be_visible()


async def sessions(page: Page) -> None:
    await page.goto("/settings/sessions")


async def sign_in_methods(page: Page) -> None:
    await page.goto("/settings/sign-in")


async def about_to_leave(page: Page) -> None:
    await page.goto("/settings/privacy")
    await page.get_by_text("Delete account…").click()
    await page.get_by_label("Your player name").fill("somebody else")
    await page.get_by_label("Password").fill(NOT_THE_PASSWORD)
    await page.get_by_role("button", name="Delete account", exact=True).click()
    await expect(page.locator("#username-error")).to_be_visible()


async def asked_to_confirm(page: Page) -> None:
    await page.goto("/confirm?next=/settings/security")


async def reminded_of_their_address(page: Page) -> None:
    await page.goto("/verify")


async def alone(page: Page) -> None:
    await page.goto("/friends")


async def searching_without_results(page: Page) -> None:
    await page.goto("/players?query=nobody-at-all")


@pytest.mark.parametrize(
    "scene",
    [
        profile_with_a_picture_refused,
        account_with_a_wrong_password,
        security,
        second_factor_being_set_up,
        sessions,
        sign_in_methods,
        about_to_leave,
        asked_to_confirm,
        reminded_of_their_address,
        alone,
        searching_without_results,
    ],
)
async def test_pages_of_an_account_owner_are_accessible(
    page: Page, platform: Platform, newcomer: Account, scene: Scene, page_errors: list[str]
) -> None:
    await let_in(page.context, newcomer, platform)
    await scene(page)
    page_errors.clear()
    await check(page)


async def friends(page: Page) -> None:
    await page.goto("/friends")
    await expect(page.get_by_role("heading", level=2)).to_have_count(4)


async def players(page: Page) -> None:
    await page.goto("/players?query=player-")
    await expect(page.get_by_role("listitem").first).to_be_visible()


@pytest.mark.parametrize("scene", [friends, players])
async def test_pages_of_a_player_with_friends_are_accessible(
    page: Page, platform: Platform, sociable: Account, scene: Scene
) -> None:
    await let_in(page.context, sociable, platform)
    await scene(page)
    await check(page)


@pytest.mark.parametrize("whose", ["their own", "a friend's"])
async def test_a_player_page_is_accessible(
    page: Page, platform: Platform, sociable: Account, whose: str
) -> None:
    await let_in(page.context, sociable, platform)
    await page.goto(f"/players/{sociable.username}")
    if whose == "a friend's":
        await page.goto("/friends")
        await page.locator("#friends").get_by_role("link").first.click()
        await expect(page.get_by_text("Remove friend")).to_be_visible()
    await check(page)


@pytest.fixture(scope="session")
async def sociable(platform: Platform) -> AsyncGenerator[Account, None]:
    """A player with a friend, an incoming and an outgoing request, and a blocked player."""
    async with gateway_client(platform) as client:
        me, friend, asking, asked, blocked = [
            await register_verified(platform, client) for _ in range(5)
        ]
        for one, other in ((friend, me), (me, friend), (asking, me), (me, asked)):
            await _do(client, "POST", f"/api/user/friends/{other.username}", one)
        await _do(client, "PUT", f"/api/user/blocks/{blocked.username}", me)
        yield me


async def _do(client: httpx.AsyncClient, method: str, address: str, one: Account) -> None:
    answer = await client.request(method, address, headers=one.headers)
    assert answer.is_success, answer.text
