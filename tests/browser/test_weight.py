"""What a page weighs on its way to the browser: everything but the data, compressed as on the wire."""

import gzip

import pytest
from playwright.async_api import Page, Response, expect

from tests.browser.stage import Live

pytestmark = pytest.mark.needs_system("chromium")
DATA = ("/api/console/", "/api/chat/", "/api/demo")


@pytest.mark.parametrize(
    ("path", "ready", "most_kb"),
    [
        ("/console?as=operator", "#figures dd", 150),
        # With the icon, and what all pages share.
        ("/chat?as=resident", "#log[aria-busy=false]", 21),
    ],
)
async def test_a_page_is_light(page: Page, live: Live, path: str, ready: str, most_kb: int) -> None:
    """An old machine in an office, a phone in a stairwell: the first look must not take long."""
    heard: list[Response] = []
    page.on("response", lambda one: heard.append(one))  # noqa: PLW0108  (Playwright marks it)
    await page.goto(path)
    await expect(page.locator(ready).first).to_be_visible()
    found = {
        one.url: await one.body()
        for one in heard
        if one.ok and not any(part in one.url for part in DATA)
    }
    weight = {url: len(gzip.compress(body)) for url, body in found.items()}
    assert sum(weight.values()) <= most_kb * 1024, (sum(weight.values()), weight)
