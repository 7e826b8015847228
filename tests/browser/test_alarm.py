"""One alarm from the device to the worker's hand and back, seen on two screens."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.look import sign
from tests.browser.stage import (
    Live,
    accept,
    lonely_device,
    open_chat,
    open_console,
    resolve,
    row_of,
)

pytestmark = pytest.mark.needs_system("chromium")


async def see(console: Page, wanted: str) -> None:
    """Wait until the map's middle shows this sign."""
    seen = None
    for _ in range(100):
        seen = await sign(console)
        if seen == wanted:
            break
        await console.evaluate("() => new Promise(requestAnimationFrame)")
    assert seen == wanted


async def test_the_point_turns_red_amber_and_blue_without_a_reload(page: Page, live: Live) -> None:
    """Colour and shape follow the device and the worker; nobody loads a page again."""
    device = await lonely_device(page, live, "smoke")
    console = await open_console(page)
    await console.locator('[data-kind="smoke"]').click()
    worker = await open_chat(page, "worker")
    row = row_of(console, device)
    await console.evaluate("() => (window.stayed = true)")

    await device.alarms()
    await expect(row).to_have_attribute("data-state", "alarm")
    await expect(console).to_have_title(re.compile("报警"))
    await row.locator("button").click()
    await console.get_by_role("button", name="在地图上看").click()
    await see(console, "alarm triangle")

    ticket = await row.get_attribute("data-ticket")
    assert ticket
    await accept(worker, ticket)
    await expect(row).to_have_attribute("data-status", "acked")
    await expect(row).to_have_attribute("data-state", "alarm")

    await resolve(worker, ticket)
    await expect(row).to_have_attribute("data-state", "handled")
    await see(console, "handled diamond")

    await device.recovers()
    await expect(row).to_have_count(0)
    await see(console, "normal circle")
    assert await console.evaluate("() => window.stayed")


async def test_a_double_click_sends_once(page: Page, live: Live) -> None:
    """An old or hurried hand clicks twice; the server hears of it once."""
    device = await lonely_device(page, live, "gas")
    console = await open_console(page)
    worker = await open_chat(page, "worker")
    await device.alarms()
    row = row_of(console, device)
    await expect(row).to_have_attribute("data-state", "alarm")
    ticket = await row.get_attribute("data-ticket")
    assert ticket
    sent: list[str] = []
    worker.on("request", lambda request: sent.append(request.method))

    await worker.locator(f'.card[data-ticket="{ticket}"] [data-action="ticket.ack"]').dblclick()

    await expect(row).to_have_attribute("data-status", "acked")
    assert sent.count("POST") == 1
    await resolve(worker, ticket)
    await device.recovers()
    await expect(row).to_have_count(0)


async def test_three_keys_dispatch_the_oldest_alarm(page: Page, live: Live) -> None:
    """G goes to it, Enter opens it, Enter sends the worker who fits best.

    Tests clean up after themselves, so the oldest waiting alarm is this test's own.
    """
    device = await lonely_device(page, live, "wristband")
    console = await open_console(page)
    await device.alarms()
    row = row_of(console, device)
    await expect(row).to_have_attribute("data-status", "open")

    await console.keyboard.press("g")
    await expect(row.locator("button")).to_be_focused()
    await console.keyboard.press("Enter")
    await expect(console.locator("#ticket input:checked")).to_be_focused()
    await console.keyboard.press("Enter")

    await expect(console.locator("#ticket .note")).to_contain_text("已派给")
    ticket = await row.get_attribute("data-ticket")
    assert ticket
    worker = await open_chat(page, "worker")
    await accept(worker, ticket)
    await resolve(worker, ticket)
    await device.recovers()
    await expect(row).to_have_count(0)
