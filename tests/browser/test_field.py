"""The worker's phone in Chromium, 390 by 844: the map of the own grid and what stands behind it."""

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.look import faults
from tests.browser.stage import Live, elders_device, open_chat

pytestmark = pytest.mark.needs_system("chromium")
PHONE = ViewportSize(width=390, height=844)


async def link(worker: Page, action: str) -> str:
    """Take the address of the newest link of this kind from the worker's chat."""
    found = worker.locator(f'[data-action="{action}"]').last
    await expect(found).to_be_visible()
    return str(await found.get_attribute("href"))


async def test_a_worker_on_the_way_finds_takes_and_telephones(page: Page, live: Live) -> None:
    """Tap a kind, red first, take it; the ticket's people by their link, until it closes."""
    device = await elders_device(page, live, "smoke")
    worker = await open_chat(page, "worker")
    await device.alarms()
    people = await link(worker, "ticket.people")
    await worker.locator("#composer textarea, #composer input").first.fill("我的工单")
    await worker.keyboard.press("Enter")
    grid = await link(worker, "field.map")

    phone = await page.context.new_page()
    await phone.set_viewport_size(PHONE)
    await phone.goto(grid)
    await expect(phone.locator("canvas.points")).to_be_visible()
    await phone.locator('#kinds [data-kind="smoke"]').click()
    first = phone.locator("#points li:first-child button")
    await expect(first).to_have_attribute("data-device", device.id)
    await expect(first).to_have_attribute("data-state", "alarm")
    assert await faults(phone) == []
    await first.click()
    await expect(phone.locator("#point [data-deed=take]")).to_be_visible()
    assert await faults(phone) == []
    await phone.locator("#point [data-deed=take]").click()
    await expect(phone.locator("#notice")).to_have_text("已接单，请赶过去。")
    await expect(first).to_contain_text("您已接单")

    await phone.goto(people)
    await expect(phone.locator("#ticket h2")).to_have_text("烟雾报警")
    await expect(phone.locator("#ticket a[href^='tel:']").first).to_be_visible()
    assert await faults(phone) == []


async def test_a_wrong_link_says_where_the_right_one_is(page: Page, live: Live) -> None:
    """Nothing of anybody, and what to do."""
    await page.set_viewport_size(PHONE)
    await page.goto("/field?key=nonsense")
    await expect(page.locator("#notice")).to_contain_text("我的工单")
    await expect(page.locator("#grid")).to_be_hidden()
    assert await faults(page) == []
