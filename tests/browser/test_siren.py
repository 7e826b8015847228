"""The siren must be heard, or the page must say why it is not."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from tests.browser.stage import (
    Live,
    accept,
    lonely_device,
    open_chat,
    open_console,
    resolve,
    row_of,
)
from tests.live import Running, running

pytestmark = pytest.mark.needs_system("chromium")

# A headless browser plays sound unasked; people's browsers wait for a touch.
SOUND_NEEDS_A_TOUCH = """
  let allowed = false;
  Object.defineProperty(AudioContext.prototype, "state", { get: () => (allowed ? "running" : "suspended") });
  AudioContext.prototype.resume = async () => { allowed = navigator.userActivation.hasBeenActive; };
"""
COUNT_RINGS = """
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { window.tones += 1; start.apply(this, when); };
"""


@pytest.fixture
def live() -> Iterator[Running]:
    """Start a house of its own: an alarm that another story left open would sound here too."""
    with running() as made:
        yield made


async def test_blocked_sound_is_said_and_can_be_opened(page: Page, live: Live) -> None:
    """It rings again and again until somebody accepts; a mute never covers a life alarm that is new."""
    await page.add_init_script(SOUND_NEEDS_A_TOUCH + COUNT_RINGS)
    device = await lonely_device(page, live, "smoke")
    console = await open_console(page)
    blocked = console.get_by_role("button", name="声音被浏览器拦住了，点这里打开")
    await expect(blocked).to_be_hidden()

    await device.alarms()
    await expect(blocked).to_be_visible()
    assert await console.evaluate("window.tones") == 0
    await blocked.click()
    await expect(blocked).to_be_hidden(timeout=20_000)
    await console.wait_for_function("() => window.tones >= 4")  # two tones a ring: it repeats

    mute = console.locator("#mute")
    await mute.click()
    await console.locator("#muting [name=other]").fill("在跟家属通话")
    await console.get_by_role("button", name="开始静音").click()
    await expect(mute).to_contain_text("静音到")
    quiet = await console.evaluate("window.tones")
    later = await lonely_device(page, live, "gas")
    await later.alarms()
    await console.wait_for_function("(before) => window.tones > before", arg=quiet)
    await mute.click()
    await expect(mute).to_have_text("静音")

    row = row_of(console, device)
    ticket = await row.get_attribute("data-ticket")
    assert ticket
    worker = await open_chat(page, "worker")
    await accept(worker, ticket)
    await expect(row).to_have_attribute("data-status", "acked")
    second = row_of(console, later)
    other = await second.get_attribute("data-ticket")
    assert other
    await accept(worker, other)
    await expect(second).to_have_attribute("data-status", "acked")
    heard = await console.evaluate("window.tones")
    await resolve(worker, ticket)
    await device.recovers()
    await expect(row).to_have_count(0)
    assert await console.evaluate("window.tones") == heard
