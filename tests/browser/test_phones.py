"""One alarm on three phones and in the web chat, and whoever takes it is seen on all of them."""

import base64

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.look import faults
from tests.browser.stage import Device, Live, elders_device, open_chat, open_console, row_of

pytestmark = pytest.mark.needs_system("chromium")

WORKER, DAUGHTER = "邵志强", "陈晓燕"
# One white pixel.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIs"
    "IxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAA"
    "AAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AKp//2Q=="
)


async def open_phones(page: Page) -> Page:
    """Follow the start page's link to the phones."""
    await page.goto("/")
    async with page.context.expect_page() as opened:
        await page.locator("#phones a").click()
    phones = await opened.value
    await expect(phones.locator("#phones")).to_have_attribute("aria-busy", "false")
    return phones


def phone(phones: Page, channel: str) -> Locator:
    """Return one of the phones."""
    return phones.locator(f'.phone[data-channel="{channel}"]')


def newest(one: Locator) -> Locator:
    """Return the last message that came."""
    return one.locator(".row:not(.mine)").last


async def says(one: Locator, text: str) -> None:
    """Write on a phone and wait for what is answered."""
    before = await one.locator(".row").count()
    await one.locator("input[name=text]").fill(text)
    await one.locator(".send").click()
    await expect(one.locator(".row").nth(before)).to_contain_text(text)
    await expect(one.locator(".row").nth(before + 1)).to_be_visible()


async def resolves(wecom: Locator) -> None:
    """Press 处置完成 and the first answer to each question, up to the word that it is noted."""
    card = wecom.locator(".sheet", has_text="一键呼救").last
    await card.get_by_role("button", name="处置完成").click()
    for question in ("现场是什么情况", "怎么确认人是平安的", "要留句话"):
        asked = wecom.locator(".sheet", has_text=question).last
        await asked.locator("button:enabled").first.click()
        await expect(asked.locator("button:enabled")).to_have_count(0)
    await expect(card.locator(".spent")).to_be_visible()


async def test_who_takes_it_on_one_phone_is_seen_on_all(page: Page, live: Live) -> None:
    """The wristband calls; WeChat and WeChat Work ring; 接单 there changes the web chat's card."""
    device = await elders_device(page, live, "sos")
    console = await open_console(await page.context.new_page())
    phones = await open_phones(page)
    worker = await open_chat(page, "worker")
    wechat, wecom = phone(phones, "wechat"), phone(phones, "wecom")
    await says(wechat, "帮助")  # which opens her message window anew

    await device.alarms()
    card = wecom.locator(".sheet", has_text="一键呼救").last
    await expect(card.get_by_role("button", name="接单")).to_be_enabled()
    await expect(newest(wechat)).to_contain_text("一键呼救")
    ticket = await row_of(console, device).get_attribute("data-ticket")
    theirs = worker.locator(f'.card[data-ticket="{ticket}"]')
    await expect(theirs.locator('[data-action="ticket.ack"]')).to_be_visible()

    await card.get_by_role("button", name="接单").click()
    await expect(card).to_contain_text("您已接单")
    await expect(card.get_by_role("button", name="接单")).to_have_count(0)
    await expect(theirs).to_contain_text(f"{WORKER}已接单")
    await expect(theirs.locator('[data-action="ticket.ack"]')).to_have_count(0)
    await expect(newest(wechat)).to_contain_text(f"{WORKER}已接单")

    await resolves(wecom)
    await expect(newest(wechat)).to_contain_text(f"{WORKER}已处置")
    await ends(console, device)


async def ends(console: Page, device: Device) -> None:
    """Let the device say that all is well, which closes what was resolved."""
    await device.recovers()
    await expect(row_of(console, device)).to_have_count(0)


async def test_a_neighbour_asks_in_telegram(page: Page, live: Live) -> None:
    """Words get an answer with a keyboard, and a key of it goes on; a place and a picture too."""
    phones = await open_phones(page)
    telegram = phone(phones, "telegram")
    await says(telegram, "附近哪里修鞋")
    await expect(newest(telegram)).to_contain_text("修鞋")
    shop = newest(telegram).locator("button.key").first
    name = await shop.inner_text()
    shown = await telegram.locator(".row").count()
    await shop.click()
    await expect(telegram.locator(".row").nth(shown)).to_contain_text(name)

    shown = await telegram.locator(".row").count()
    await telegram.locator('[data-action="place"]').click()
    await expect(telegram.locator(".row").nth(shown)).to_contain_text("位置")
    await expect(telegram.locator(".row").nth(shown + 1)).to_be_visible()
    await telegram.locator("input[type=file]").set_input_files(
        {"name": "white.jpg", "mimeType": "image/jpeg", "buffer": JPEG}
    )
    await expect(telegram.locator(".row.mine").last).to_contain_text("照片")


async def test_who_leaves_can_come_back(page: Page, live: Live) -> None:
    """Unfollowing closes the chat; following again is greeted."""
    phones = await open_phones(page)
    wechat = phone(phones, "wechat")
    await wechat.locator('[data-action="leave"]').click()
    await expect(wechat.locator(".away")).to_be_visible()
    await expect(wechat.locator("input[name=text]")).to_be_disabled()
    shown = await wechat.locator(".row").count()
    await wechat.locator('[data-action="join"]').click()
    await expect(wechat.locator("input[name=text]")).to_be_enabled()
    await expect(wechat.locator(".row").nth(shown)).to_be_visible()


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
async def test_the_phones_are_whole(page: Page, live: Live, lang: str) -> None:
    """Side by side on a desk and below each other on a phone, named, and dark on light."""
    await page.goto(f"{live.phones_url}?lang={lang}")
    phones = page.locator("#phones .phone")
    await expect(phones).to_have_count(3)
    await expect(phones.first).to_contain_text(DAUGHTER)
    for width, columns in ((1280, 3), (390, 1), (320, 1)):
        await page.set_viewport_size({"width": width, "height": 800})
        boxes = [await one.bounding_box() for one in await phones.all()]
        assert len({box["x"] for box in boxes if box}) == columns
        assert await faults(page) == []
