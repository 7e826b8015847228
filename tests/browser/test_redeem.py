"""A redemption between two phones: the resident's code is scanned, the merchant confirms."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.stage import Live, open_chat

pytestmark = pytest.mark.needs_system("chromium", "mosquitto")


async def say(page: Page, text: str) -> None:
    """Write and send."""
    await page.locator("#text").fill(text)
    await page.locator("#send").click()


async def test_a_scanned_code_reaches_the_merchant_and_the_receipt_both(
    page: Page, live: Live
) -> None:
    """The QR code opens as a picture; scanning it opens the chat with the question to confirm."""
    resident = await open_chat(page, "resident")
    await say(resident, "能换什么")
    await resident.locator('[data-action="reward.choose"]').first.click()
    await resident.locator('[data-action="redeem.hold"]').click()
    picture = resident.locator('[data-action="redeem.qr"]')
    href = await picture.get_attribute("href")
    assert href is not None
    drawn = await page.request.get(href)
    assert drawn.ok
    assert "<svg" in await drawn.text()

    token = href.rsplit("/", 1)[-1].removesuffix(".svg")
    merchant = await page.context.new_page()
    await merchant.goto(f"/chat?as=merchant#redeem={token}")
    await merchant.locator('[data-action="redeem.confirm"]').click()
    await expect(merchant.locator(".card.success").last).to_contain_text("已经兑换")
    assert "redeem=" not in merchant.url
    await expect(resident.locator(".card.success").last).to_contain_text("收据号")
