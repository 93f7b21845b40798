"""What a person does on the site, step by step."""

from playwright.async_api import Page, expect

PASSWORD = "a long walk along the net"
MATCH_MILLISECONDS = 90_000


async def register(page: Page, username: str) -> None:
    await page.goto("/register")
    await page.get_by_label("Player name").fill(username)
    await page.get_by_label("E-mail").fill(f"{username}@example.org")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_text("Signed in as")).to_be_attached()


async def play_to_the_end(page: Page, *, level: str, points: int) -> tuple[int, int]:
    """Play with held keys until somebody has won; return the score on the court."""
    await page.goto(f"/play/computer?level={level}&points={points}")
    court = page.locator("[data-play]")
    await page.get_by_role("button", name="Start").click()
    await expect(court).to_have_attribute("data-state", "playing")
    while await court.get_attribute("data-state") == "playing":
        for key in ("w", "s"):
            await page.keyboard.down(key)
            await page.wait_for_timeout(350)
            await page.keyboard.up(key)
    await expect(court).to_have_attribute("data-state", "ended", timeout=MATCH_MILLISECONDS)
    return (
        int(await court.get_attribute("data-left-score") or ""),
        int(await court.get_attribute("data-right-score") or ""),
    )
