"""Without JavaScript everything works except the court."""

import re
from secrets import token_hex

import pyotp
import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.organising import begun, opened
from tests.browser.people import give_past, let_in
from tests.browser.steps import PASSWORD, agree, forget_provider, register, sign_in
from tests.fixtures.platform import Platform
from tests.fixtures.provider import OpenIdProcess
from tests.platform.players import Account


@pytest.fixture
async def plain_page(new_context: NewContext) -> Page:
    context = await new_context(java_script_enabled=False)
    return await context.new_page()


async def test_a_player_registers_signs_out_and_signs_in_again(
    plain_page: Page, username: str
) -> None:
    await plain_page.goto("/")
    await plain_page.get_by_role("link", name="Play now").click()
    await register(plain_page, username)
    await expect(plain_page).to_have_url(re.compile("/lobby$"))
    await plain_page.get_by_role("button", name="Sign out").click()
    await expect(plain_page.get_by_role("link", name="Play now")).to_be_visible()
    await plain_page.get_by_role("link", name="Sign in").first.click()
    await sign_in(plain_page, username, PASSWORD)
    await expect(plain_page.get_by_text(username)).to_be_visible()


async def test_a_theme_is_chosen_and_kept(plain_page: Page) -> None:
    await plain_page.goto("/register")
    await plain_page.get_by_role("button", name="Light").click()
    await expect(plain_page).to_have_url(re.compile("/register$"))
    await plain_page.goto("/")
    await expect(plain_page.locator("html")).to_have_attribute("data-theme", "light")


async def test_history_can_be_read_to_its_end(
    plain_page: Page, platform: Platform, newcomer: Account
) -> None:
    await give_past(platform, newcomer, matches=25)
    await let_in(plain_page.context, newcomer, platform)
    await plain_page.goto("/lobby")
    await plain_page.get_by_role("link", name="All matches").click()
    rows = plain_page.locator("[data-outcome]")
    await expect(rows).to_have_count(20)
    await plain_page.get_by_role("link", name="Load more").click()
    await expect(plain_page).to_have_title(re.compile("Older matches"))
    await expect(rows).to_have_count(5)
    await plain_page.get_by_role("link", name="Back to the newest").click()
    await expect(rows).to_have_count(20)


async def test_an_account_at_a_provider_is_linked(
    plain_page: Page, username: str, openid_provider: OpenIdProcess, page_errors: list[str]
) -> None:
    address = f"{token_hex(4)}@example.com"
    openid_provider.add_person(address, email=address, email_verified=True, name="Somebody")
    await register(plain_page, username)
    await plain_page.goto("/settings/sign-in")
    await plain_page.get_by_role("button", name=re.compile("^Link ?: Google$")).click()
    await agree(plain_page, address)
    await expect(plain_page).to_have_url(re.compile("/settings/sign-in"))
    await expect(plain_page.get_by_text(address)).to_be_visible()
    forget_provider(page_errors, openid_provider)


async def test_a_tournament_can_be_found_entered_left_and_viewed(
    plain_page: Page, platform: Platform, pair: tuple[Account, Account], stranger: Account
) -> None:
    organiser, player = pair
    await opened(organiser, name=(cup := f"Cup {token_hex(4)}"))
    await let_in(plain_page.context, player, platform)
    await plain_page.goto("/tournaments")
    await plain_page.get_by_role("link", name=cup).click()
    await plain_page.get_by_role("button", name="Enter").click()
    await expect(plain_page.locator(".actions-words", has_text="You’re in.")).to_be_visible()
    await plain_page.get_by_role("link", name="Players").click()
    await expect(plain_page.get_by_role("rowheader", name=player.username)).to_be_visible()
    await plain_page.get_by_role("link", name="Overview").click()
    await plain_page.get_by_role("button", name="Leave").click()
    await expect(plain_page.get_by_text("You’ve left the tournament.")).to_be_visible()
    await expect(plain_page.get_by_role("button", name="Enter")).to_be_visible()

    running = await begun(organiser, organiser, stranger)
    await plain_page.goto(f"/tournaments{running}/bracket")
    await plain_page.get_by_label("Find a player in this tournament").fill(stranger.username)
    await plain_page.get_by_role("button", name="Find").click()
    await expect(plain_page.locator(".way-name")).to_contain_text(stranger.username)


async def test_pages_that_need_a_script_say_so(
    plain_page: Page, platform: Platform, newcomer: Account
) -> None:
    await give_past(platform, newcomer, matches=1)
    await let_in(plain_page.context, newcomer, platform)
    await plain_page.goto("/matches")
    await plain_page.get_by_role("listitem").get_by_role("link").click()
    # By element: Playwright does not search for text inside noscript.
    needed = plain_page.locator("noscript > p")
    await expect(needed).to_be_visible()
    await expect(needed).to_have_text(re.compile("You need JavaScript to watch the replay"))
    await plain_page.goto("/play/computer")
    await expect(needed).to_be_visible()
    await expect(needed).to_have_text(re.compile("You need JavaScript to play"))
    await expect(plain_page.get_by_role("button", name="Start")).to_be_hidden()


async def test_settings_can_be_changed_and_script_only_buttons_are_hidden(
    plain_page: Page, platform: Platform, newcomer: Account
) -> None:
    await let_in(plain_page.context, newcomer, platform)
    await plain_page.goto("/settings")
    await plain_page.get_by_label("Display name").fill("The Left Paddle")
    await plain_page.get_by_role("button", name="Save").click()
    await expect(plain_page.get_by_text("This is how others see you.")).to_be_visible()
    await expect(plain_page.get_by_label("Display name")).to_have_value("The Left Paddle")
    await plain_page.goto("/settings/security")
    await expect(plain_page.locator("#new-passkey")).to_be_hidden()
    await expect(plain_page.get_by_text("To add a passkey, you need JavaScript")).to_be_visible()
    await plain_page.get_by_label("Password").fill(PASSWORD)
    await plain_page.get_by_role("button", name="Set up").click()
    secret = (await plain_page.locator(".key code").inner_text()).replace(" ", "")
    await plain_page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    await plain_page.get_by_label("Password again").fill(PASSWORD)
    await plain_page.get_by_role("button", name="Turn on").click()
    await expect(plain_page.locator("#codes code")).to_have_count(10)
    for script in ("copies", "prints"):
        await expect(plain_page.locator(f"[data-{script}]")).to_be_hidden()
