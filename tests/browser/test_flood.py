"""Fifty alarms at once, and an hour without the server: nothing is hidden, nothing old looks live."""

import json
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.look import faults
from tests.browser.stage import Live, open_console, opposite
from tests.live import Running, running

pytestmark = pytest.mark.needs_system("chromium")
MANY = 50


@pytest.fixture
def live() -> Iterator[Running]:
    """Start a house for each story: what rings here stays open."""
    with running() as made:
        yield made


async def ring(page: Page, live: Live, many: int) -> None:
    """Let as many devices as that raise their alarm."""
    panel = await (await page.request.get("/api/demo")).json()
    assert len(panel["devices"]) >= many
    for one in panel["devices"][:many]:
        body = {"device": one["id"]}
        said = await (await page.request.post("/api/demo/clear", data=body)).json()
        await live.publish(said["topic"], opposite(said["payload"]))


async def test_fifty_alarms_are_all_there_and_the_oldest_is_two_keys_away(
    page: Page, live: Live
) -> None:
    """Every one has its row, life first and then by waiting; the keys walk through them."""
    console = await open_console(page)
    await ring(page, live, MANY)
    rows = console.locator('#tickets [data-state="alarm"]')
    await expect(rows).to_have_count(MANY, timeout=60_000)
    await expect(console.locator("#queue-count")).to_have_text(str(MANY))
    grave = await rows.evaluate_all("(all) => all.map((row) => row.dataset.severity)")
    assert grave == sorted(grave, key=["life", "care", "property", "maintenance"].index)
    assert await faults(console) == []
    await console.keyboard.press("g")
    await expect(rows.first.locator("button")).to_be_focused()
    await console.keyboard.press("j")
    await expect(rows.nth(1).locator("button")).to_be_focused()
    await console.keyboard.press("a")
    await expect(console.locator('#tickets [data-status="acked"]')).to_have_count(1)
    await console.locator('#queue-statuses [data-status="open"]').click()
    await expect(console.locator('#tickets li:not([data-status="open"])')).to_have_count(0)
    assert await console.locator("#tickets li").count() >= MANY - 1


async def test_old_data_looks_old_and_the_truth_comes_back_by_itself(
    page: Page, live: Live
) -> None:
    """After a minute without the server the first try that reaches it shows what rang meanwhile."""
    await page.clock.install()
    console = await open_console(page)
    centre = console.locator("#centre")
    await expect(centre).not_to_have_class("stale")
    cut = "**/api/console/stream"
    await page.route(cut, lambda route: route.abort())
    await page.context.set_offline(offline=True)
    await page.clock.fast_forward("00:07")
    await expect(console.locator("#stale")).to_be_visible()
    await expect(centre).to_have_class("stale")
    await page.clock.fast_forward("01:00")
    await expect(console.locator("#stale")).to_contain_text("数据停在")
    await page.context.set_offline(offline=False)
    panel = json.loads(await (await page.request.get("/api/demo")).text())
    last = panel["devices"][-1]
    said = await (await page.request.post("/api/demo/clear", data={"device": last["id"]})).json()
    await live.publish(said["topic"], opposite(said["payload"]))
    await page.unroute(cut)
    await page.clock.fast_forward("00:02")
    row = console.locator(f'#tickets [data-device="{last["id"]}"]')
    await expect(row).to_have_attribute("data-state", "alarm", timeout=30_000)
    await expect(centre).not_to_have_class("stale")
    await expect(console.locator("#stale")).to_be_hidden()
