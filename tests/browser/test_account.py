"""Accounts in the browser: mail, codes, passkeys, providers, sessions, and deletion."""

import re
from secrets import token_hex

import pyotp
import pytest
from playwright.async_api import Page, expect

from tests.browser.authenticator import give_authenticator
from tests.browser.conftest import NewContext
from tests.browser.steps import PASSWORD, agree, forget_provider, register, sign_in
from tests.fixtures.mail import arrived
from tests.fixtures.platform import Platform
from tests.fixtures.provider import OpenIdProcess

# Text for screen readers only begins after a space and is not in this line.
TO_LINK = re.compile("^Link ?: Google$")
TO_UNLINK = re.compile("^Unlink ?: Google$")
REFUSED = re.compile(r"status of 4\d\d")
ANOTHER_PASSWORD = "two paddles under a paper moon"


async def open_mail(page: Page, platform: Platform, address: str, subject: str, path: str) -> None:
    """Open the link of a mail and press the button on its page."""
    mail = await arrived(platform, address, subject)
    await page.goto(f"{path}?token={mail.token_for(path)}")


async def verify_address(page: Page, platform: Platform, username: str) -> None:
    await open_mail(page, platform, f"{username}@example.org", "confirm your", "/verify")
    await page.get_by_role("main").get_by_role("button").click()
    await expect(page.get_by_label("Verification")).to_have_count(0)


async def sign_out(page: Page) -> None:
    await page.get_by_role("button", name="Sign out", exact=True).first.click()
    await expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


async def sign_in_afresh(page: Page, username: str, password: str = PASSWORD) -> None:
    await page.goto("/sign-in")
    await sign_in(page, username, password)


async def is_signed_in(page: Page) -> None:
    await expect(page.get_by_text("Signed in as")).to_be_attached()


async def test_a_new_player_verifies_their_address(
    page: Page, platform: Platform, username: str, page_errors: list[str]
) -> None:
    await register(page, username)
    await expect(page.get_by_label("Verification")).to_be_visible()
    await verify_address(page, platform, username)
    await expect(page.get_by_text("Your email address is verified")).to_be_visible()
    used = (await arrived(platform, f"{username}@example.org", "confirm your")).token_for("/verify")
    await page.goto(f"/verify?token={used}")
    await page.get_by_role("main").get_by_role("button").click()
    await expect(page.get_by_role("main")).to_contain_text(
        re.compile("used|expired", re.IGNORECASE)
    )
    provoked(page_errors)


async def test_sign_in_asks_for_a_code_and_accepts_a_recovery_code(
    page: Page, username: str, page_errors: list[str]
) -> None:
    await register(page, username)
    await page.goto("/settings/security")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Set up").click()
    await expect(page.get_by_role("img", name="QR code")).to_be_visible()
    secret = (await page.locator(".key code").inner_text()).replace(" ", "")
    phone = pyotp.TOTP(secret)
    await page.get_by_label("Code").fill(phone.now())
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Turn on").click()
    codes = await page.locator("#codes code").all_inner_texts()
    assert len(set(codes)) == 10

    await sign_out(page)
    await sign_in_afresh(page, username)
    await page.get_by_label("Code").fill("000000")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.locator(".field-error")).to_be_visible()
    await page.get_by_role("link", name="Use a recovery code").click()
    await page.get_by_label("Recovery code").fill(codes[0])
    await page.get_by_role("button", name="Continue").click()
    await is_signed_in(page)

    await page.goto("/settings/security")
    await expect(page.get_by_text("9 left")).to_be_visible()
    await sign_out(page)
    await sign_in_afresh(page, username)
    await page.get_by_role("link", name="Use a recovery code").click()
    await page.get_by_label("Recovery code").fill(codes[0])
    await page.get_by_role("button", name="Continue").click()
    await expect(page.locator(".field-error")).to_be_visible()
    provoked(page_errors)


@pytest.mark.thorough
async def test_an_added_passkey_signs_in_without_a_name(trusted_page: Page, username: str) -> None:
    page = trusted_page
    await give_authenticator(page)
    await register(page, username)
    await page.goto("/settings/security")
    await page.get_by_label("Name of the new passkey").fill("Laptop")
    await page.get_by_role("button", name="Add passkey").click()
    await expect(page.locator(".ledger-title", has_text="Laptop")).to_be_visible()
    await sign_out(page)
    await page.goto("/sign-in")
    await page.get_by_role("button", name="Use a passkey").click()
    await is_signed_in(page)
    await expect(page.get_by_role("link", name=username)).to_be_visible()


@pytest.mark.thorough
async def test_a_linked_account_at_a_provider_signs_in(
    page: Page,
    username: str,
    openid_provider: OpenIdProcess,
    page_errors: list[str],
) -> None:
    subject = f"subject-{token_hex(4)}"
    openid_provider.add_person(
        subject, email=f"{subject}@example.com", email_verified=True, name="Somebody"
    )
    await register(page, username)
    await page.goto("/settings/sign-in")
    await page.get_by_role("button", name=TO_LINK).click()
    await agree(page, subject)
    await expect(page).to_have_url(re.compile("/settings/sign-in"))
    await expect(page.get_by_text(f"{subject}@example.com")).to_be_visible()
    await sign_out(page)
    await page.goto("/sign-in")
    await page.get_by_role("link", name="Continue with Google").click()
    await agree(page, subject)
    await is_signed_in(page)
    await expect(page.get_by_role("link", name=username)).to_be_visible()
    await page.goto("/settings/sign-in")
    await page.get_by_role("button", name=TO_UNLINK).click()
    await expect(page.get_by_role("button", name=TO_LINK)).to_be_visible()
    provoked(page_errors)
    forget_provider(page_errors, openid_provider)


@pytest.mark.thorough
async def test_a_provider_signs_up_a_new_player_and_a_refusal_is_explained(
    page: Page, openid_provider: OpenIdProcess, page_errors: list[str]
) -> None:
    subject = f"subject-{token_hex(4)}"
    openid_provider.add_person(
        subject,
        email=f"{subject}@example.com",
        email_verified=True,
        preferred_username=subject[:16],
    )
    await page.goto("/sign-in")
    await page.get_by_role("link", name="Continue with Google").click()
    await page.get_by_role("button", name="Deny").click()
    await expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()
    await page.goto("/sign-in")
    await page.get_by_role("link", name="Continue with Google").click()
    await agree(page, subject)
    await is_signed_in(page)
    await expect(page.get_by_label("Verification")).to_have_count(0)
    provoked(page_errors)
    forget_provider(page_errors, openid_provider)


async def test_replacing_a_forgotten_password_ends_all_sessions(
    new_context: NewContext, platform: Platform, username: str
) -> None:
    forgetful, elsewhere = [await (await new_context()).new_page() for _ in range(2)]
    await register(elsewhere, username)
    await verify_address(elsewhere, platform, username)
    await forgetful.goto("/sign-in")
    await forgetful.get_by_role("link", name="Forgot your password?").click()
    await forgetful.get_by_label("Email").fill(f"{username}@example.org")
    await forgetful.get_by_role("button", name="Send link").click()
    await expect(forgetful.get_by_role("heading", name="Check your email")).to_be_visible()
    await open_mail(forgetful, platform, f"{username}@example.org", "password", "/reset")
    await forgetful.get_by_label("New password").fill(ANOTHER_PASSWORD)
    await forgetful.get_by_role("button", name="Set password").click()
    await sign_in_afresh(forgetful, username, ANOTHER_PASSWORD)
    await is_signed_in(forgetful)
    # The tab's access token is valid for some minutes more, but not for
    # showing or changing the account.
    await elsewhere.goto("/settings/sessions")
    await expect(elsewhere).to_have_url(re.compile("/sign-in"))


@pytest.mark.thorough
async def test_other_sessions_are_listed_and_can_be_ended(
    new_context: NewContext, username: str
) -> None:
    here, there = [await (await new_context()).new_page() for _ in range(2)]
    await register(here, username)
    await sign_in_afresh(there, username)
    await is_signed_in(there)
    await here.goto("/settings/sessions")
    await expect(here.locator(".ledger-row")).to_have_count(2)
    await here.get_by_role("button", name="Sign out all others").click()
    await expect(here.get_by_text("You’re not signed in anywhere else.")).to_be_visible()
    await there.goto("/settings/sessions")
    await expect(there).to_have_url(re.compile("/sign-in"))


@pytest.mark.thorough
async def test_friends_find_each_other_and_see_who_is_online(
    new_context: NewContext, platform: Platform
) -> None:
    names = [f"player-{token_hex(4)}" for _ in range(2)]
    pages = [await (await new_context()).new_page() for _ in range(2)]
    for page, name in zip(pages, names, strict=True):
        await register(page, name)
        await verify_address(page, platform, name)
    alice, bob = pages
    await alice.goto(f"/players?query={names[1]}")
    await alice.get_by_role("button", name=re.compile("Add|Ask", re.IGNORECASE)).first.click()
    await bob.goto("/friends")
    await bob.get_by_role("button", name=re.compile("Accept")).click()
    await alice.goto("/friends")
    row = alice.get_by_role("listitem").filter(has_text=names[1])
    await expect(row).to_contain_text(re.compile("online", re.IGNORECASE))
    await bob.close()
    await expect(row).not_to_contain_text(re.compile("online", re.IGNORECASE), timeout=60_000)


@pytest.mark.thorough
async def test_a_deleted_account_is_gone(page: Page, username: str, page_errors: list[str]) -> None:
    await register(page, username)
    await page.goto("/settings/privacy")
    await page.get_by_text("Delete account…").click()
    await page.get_by_label("Your player name").fill(username)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Delete account", exact=True).click()
    await expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    await sign_in_afresh(page, username)
    await expect(page.get_by_role("alert").first).to_contain_text("is wrong")
    provoked(page_errors)


def provoked(page_errors: list[str]) -> None:
    """Remove Chromium's messages about refused forms, which the test provoked."""
    page_errors[:] = [each for each in page_errors if not REFUSED.search(each)]
