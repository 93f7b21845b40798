"""Touch on an upright phone: the paddle follows the finger, and the page does not scroll."""

import pytest
from playwright.async_api import CDPSession, Locator, Page, expect

from pong.court import COURT_HEIGHT, COURT_WIDTH, PADDLE_INSET, PADDLE_WIDTH
from tests.browser.conftest import NewContext
from tests.browser.people import let_in
from tests.browser.steps import start_match
from tests.fixtures.platform import Platform
from tests.platform.players import Account

PHONE = {"width": 390, "height": 844}
STEPS_OF_A_SWIPE = 8
# Largest distance between the finger and the resting paddle, as a share of the court's height.
NEAR = 0.08


@pytest.fixture
async def phone(new_context: NewContext, platform: Platform, regular: Account) -> Page:
    context = await new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    await let_in(context, regular, platform)
    return await context.new_page()


@pytest.mark.parametrize("area", ["[data-pad=left]", "[data-role=court]"])
async def test_the_paddle_follows_a_finger_and_nothing_scrolls(phone: Page, area: str) -> None:
    court = await start_match(phone, "/play/computer?level=easy&points=21")
    await expect(court).to_have_attribute("data-state", "playing")
    fingers = await phone.context.new_cdp_session(phone)
    slide = phone.locator(area)
    down = 0.5
    for target in (0.25, 0.75):
        await swipe(fingers, slide, down, target)
        down = target
        await phone.wait_for_function(PADDLE_IS_NEAR, arg=[target, NEAR, PADDLE_X, COURT_HEIGHT])
    await fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert await phone.evaluate(
        "[scrollY, scrollX, visualViewport.offsetTop, visualViewport.scale]"
    ) == [0, 0, 0, 1]
    await expect(court).to_have_attribute("data-state", "playing")


@pytest.mark.thorough
async def test_a_held_button_steers(phone: Page) -> None:
    court = await start_match(phone, "/play/computer?level=easy&points=21")
    await expect(court).to_have_attribute("data-state", "playing")
    fingers = await phone.context.new_cdp_session(phone)
    await touch(fingers, "touchStart", phone.get_by_role("button", name="Down"), 0.5)
    bottom = 1 - NEAR
    await phone.wait_for_function(PADDLE_IS_NEAR, arg=[bottom, 2 * NEAR, PADDLE_X, COURT_HEIGHT])


async def swipe(fingers: CDPSession, area: Locator, start: float, end: float) -> None:
    await touch(fingers, "touchStart" if start == 0.5 else "touchMove", area, start)
    for step in range(1, STEPS_OF_A_SWIPE + 1):
        await touch(fingers, "touchMove", area, start + (end - start) * step / STEPS_OF_A_SWIPE)


async def touch(fingers: CDPSession, kind: str, area: Locator, down: float) -> None:
    box = await area.bounding_box()
    assert box
    point = {"x": box["x"] + box["width"] / 4, "y": box["y"] + box["height"] * down}
    await fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})


PADDLE_X = (PADDLE_INSET + PADDLE_WIDTH / 2) / COURT_WIDTH
# Read from the canvas, as a player sees it: the middle of the bright pixels in the paddle's column.
PADDLE_IS_NEAR = """([target, near, x, height]) => {
    const canvas = document.querySelector("[data-role=court]");
    const column = canvas.getContext("2d")
        .getImageData(Math.round(x * canvas.width), 0, 1, canvas.height).data;
    const bright = [];
    // Without the walls above and below.
    for (let y = 4; y < canvas.height - 4; y += 1) if (column[4 * y + 1] > 180) bright.push(y);
    const middle = (bright[0] + bright.at(-1)) / 2 / canvas.height;
    return Math.abs(middle - target) < near;
}"""
