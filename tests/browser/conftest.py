"""A real Chromium that reports whatever a page must never do."""

from collections.abc import AsyncIterator, Collection
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, ConsoleMessage, Page, async_playwright, expect

from tests.browser.stage import Live
from tests.system import find

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# How long to wait for what should be there at once: a machine that runs tests is a busy one.
PATIENCE_MS = 20_000
# A violation is an event of the page, which Playwright does not pass on by itself.
REPORT_CSP = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))"""


@pytest.fixture
async def page(live: Live) -> AsyncIterator[Page]:
    """Open a tab; its browser takes note of faults in every tab and fails the test for them.

    No page may break the content security policy, throw, or ask another host for anything; the
    demo's phones are a second one of ours.
    """
    faults: list[str] = []
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find("chromium"), args=FLAGS)
        context = await browser.new_context(
            base_url=live.base_url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        hosts = {urlsplit(url).netloc for url in (live.base_url, live.phones_url)}
        await watch(context, hosts, faults)
        yield await context.new_page()
        await browser.close()
    assert not faults


async def watch(context: BrowserContext, hosts: Collection[str], faults: list[str]) -> None:
    """Write down faults of all tabs of this browser."""

    def said(message: ConsoleMessage) -> None:
        # A refused request is logged as an error too; what the page makes of it is tested.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            faults.append(message.text)

    def asked(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc not in hosts:
            faults.append(f"another host: {url}")

    context.on("console", said)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("request", lambda request: asked(request.url))
    await context.add_init_script(REPORT_CSP)
