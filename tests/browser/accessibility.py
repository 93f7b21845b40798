"""The machine-checkable rules of WCAG 2.2 AA, checked on an open page: dark
and light, phone and desktop."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "ui/node_modules/axe-core/axe.min.js"
EVERYTHING = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
}
# A theme only changes colours, so the second theme is checked for these rules only.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
THEMES: Mapping[Literal["dark", "light"], object] = {"dark": EVERYTHING, "light": COLOURS}
PHONE, DESKTOP = (390, 844), (1280, 800)
# WCAG 1.4.10: at this width, which is also 1280 px at 400 %, a page must not scroll sideways.
NARROWEST = (320, 640)

Scene = Callable[[Page], Awaitable[object]]
"""Brings a page into the state to be checked."""


async def check(page: Page) -> None:
    await page.evaluate(AXE.read_text())
    for theme, rules in THEMES.items():
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for width, height in (PHONE, DESKTOP):
            await page.set_viewport_size({"width": width, "height": height})
            found = await violations(page, rules)
            assert not found, f"{theme}, {width} px: {found}"
    width, height = NARROWEST
    await page.set_viewport_size({"width": width, "height": height})
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def violations(page: Page, rules: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await page.evaluate(
        """async (rules) => {
            const { violations, passes } = await axe.run({ runOnly: rules });
            if (passes.length === 0) throw new Error("axe looked at nothing");
            return violations.map(({ id, nodes }) =>
                ({ id, where: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`) }));
        }""",
        rules,
    )
    return found
