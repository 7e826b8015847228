"""Every page, wide and narrow: named, readable, nothing sticking out.

The `page` fixture adds: no breach of the content security policy, no fault, no other host.
"""

import pytest
from playwright.async_api import Page, expect

from tests.browser.look import faults
from tests.browser.stage import Live, accept, open_chat, open_console, resolve

pytestmark = pytest.mark.needs_system("chromium")

READY = {
    "/": "#ring",
    "/chat?as=resident": "#log[aria-busy=false]",
    "/console": "#login-demo",
    "/console?as=operator": "#figures dd",
}


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("path", READY)
async def test_a_page_is_whole(page: Page, live: Live, path: str, lang: str) -> None:
    """Both languages fit at both widths, with names on everything and enough contrast."""
    await page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    await expect(page.locator(READY[path]).first).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", lang)
    for width in (1440, 320):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await faults(page) == []


async def test_the_start_page_opens_everybody(page: Page, live: Live) -> None:
    """Each card leads to its own tab, and there is one for everybody."""
    await page.goto("/")
    doors = page.locator("#personas a")
    await expect(doors).to_have_count(6)
    for door in await doors.all():
        async with page.context.expect_page() as opened:
            await door.click()
        tab = await opened.value
        await expect(tab.locator("#me, #watch")).not_to_be_empty()
        await tab.close()


async def test_the_demo_panel_leads_through_the_whole_journey(page: Page, live: Live) -> None:
    """Its two buttons and the worker's chat are all that the steps beside it need."""
    await page.goto("/")
    await page.locator("#ring").click()
    await expect(page.locator("#outcome code").first).to_contain_text("/")
    device = await page.locator("#device").input_value()
    console = await open_console(await page.context.new_page())
    row = console.locator(f'#tickets [data-device="{device}"]')
    await expect(row).to_have_attribute("data-state", "alarm")
    ticket = await row.get_attribute("data-ticket")
    assert ticket
    worker = await open_chat(page, "worker")
    await accept(worker, ticket)
    await resolve(worker, ticket)
    await expect(row).to_have_attribute("data-state", "handled")
    await page.locator("#clear").click()
    await expect(page.locator("#outcome")).to_contain_text("恢复正常")
    await expect(row).to_have_count(0)


async def test_logging_out_forgets(page: Page, live: Live) -> None:
    """After leaving, a reload asks who it is."""
    console = await open_console(page)
    await console.locator("#log-out").click()
    await expect(console.locator("#login")).to_be_visible()
    await console.goto("/console")
    await expect(console.locator("#login")).to_be_visible()
