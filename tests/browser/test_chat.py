"""The chat for eyes, fingers and networks that are not the best."""

import re

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.look import SMALL, faults
from tests.browser.stage import Live, open_chat

pytestmark = pytest.mark.needs_system("chromium")


async def say(chat: Page, text: str) -> None:
    """Type a message and send it by Enter."""
    await chat.locator("#text").fill(text)
    await chat.locator("#text").press("Enter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("persona", ["worker", "elder"])
async def test_readable_at_320_px_in_every_size(
    page: Page, live: Live, persona: str, scheme: str
) -> None:
    """Nothing sticks out, everything has a name and enough contrast, in all four sizes."""
    chat = await open_chat(page, persona)
    await chat.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await chat.set_viewport_size({"width": 320, "height": 640})
    await say(chat, "一句没有空格的很长的话" * 8 + "https://example.org/" + "x" * 80)
    await expect(chat.locator(".own.sent")).to_be_visible()
    if persona == "elder":  # the elder's record asks for large type
        await chat.locator("#large").click()
    assert await faults(chat) == []

    await chat.locator("#large").click()
    for size in ("large", "larger", "largest"):
        await expect(chat.locator("html")).to_have_class(size)
        assert await faults(chat) == []
        assert await chat.evaluate(SMALL) == []
        await chat.locator("#larger").click()


async def test_an_elder_reads_18_points_from_the_start(page: Page, live: Live) -> None:
    """Large type is 24 px or more with a line of at least 1.3, and stays after a reload."""
    chat = await open_chat(page, "elder")
    measure = """() => {
      const style = getComputedStyle(document.querySelector(".card .summary"));
      return [parseFloat(style.fontSize), parseFloat(style.lineHeight) / parseFloat(style.fontSize)];
    }"""
    size, spacing = await chat.evaluate(measure)
    assert size >= 24
    assert spacing >= 1.3
    await chat.locator("#large").click()
    await chat.reload()
    await expect(chat.locator("#log")).to_have_attribute("aria-busy", "false")
    await expect(chat.locator("html")).to_have_class("normal")


async def test_a_card_higher_than_the_window_is_read_from_its_beginning(
    page: Page, live: Live
) -> None:
    """An elder sees what the answer is about before its buttons, typed or pressed."""
    chat = await open_chat(page, "elder")
    await chat.set_viewport_size({"width": 320, "height": 560})
    newest = chat.locator(".card.answerable")
    await say(chat, "附近的店")
    await expect(newest.locator("h2")).to_contain_text("离您最近的店")
    await expect(newest.locator("h2")).to_be_in_viewport(ratio=1)
    await newest.locator(".button").first.click()
    await expect(newest.locator("dt").first).to_have_text("类别")
    await expect(newest.locator("h2")).to_be_in_viewport(ratio=1)


async def test_a_number_is_shown_where_it_can_be_answered(page: Page, live: Live) -> None:
    """A link is opened by a finger alone; a telephone number stays in one line."""
    chat = await open_chat(page, "resident")
    await say(chat, "哪里买药")
    card = chat.locator(".card.answerable")
    await expect(card.locator("a.button")).not_to_have_count(0)
    await expect(card.locator("a .position")).to_have_count(0)
    await expect(card.locator("button .position").first).to_have_text("1 ")
    await expect(card.locator(".whole").first).to_have_text(re.compile(r"^[\d-]+$"))


async def test_a_lost_message_is_sent_again_with_the_same_key(page: Page, live: Live) -> None:
    """The page says that it was not sent; the next try carries the first one's key."""
    chat = await open_chat(page, "resident")
    keys: list[str] = []

    async def lose(route: Route) -> None:
        if route.request.method != "POST":
            await route.continue_()
            return
        keys.append(route.request.headers["idempotency-key"])
        await route.abort()

    await chat.route("**/api/chat/messages", lose)
    await say(chat, "帮助")
    again = chat.get_by_role("button", name="没有发出去，点这里再发")
    await expect(again).to_be_visible()
    await chat.unroute("**/api/chat/messages")

    async with chat.expect_request(lambda request: request.method == "POST") as request:
        await again.click()

    keys.append((await request.value).headers["idempotency-key"])
    assert len(set(keys)) == 1
    await expect(chat.locator(".own.sent")).to_have_count(1)


async def test_keys_write_and_send(page: Page, live: Live) -> None:
    """Shift+Enter begins a line, Enter sends, the field keeps the focus."""
    chat = await open_chat(page, "resident")
    text = chat.locator("#text")
    await text.press_sequentially("一")
    await text.press("Shift+Enter")
    await text.press_sequentially("二")
    await expect(text).to_have_value("一\n二")
    await text.press("Enter")
    await expect(text).to_have_value("")
    await expect(text).to_be_focused()
    await expect(chat.locator(".own .bubble")).to_have_text("一\n二")


async def test_two_people_in_one_browser_stay_apart(page: Page, live: Live) -> None:
    """Each tab speaks as its own person, also after a reload."""
    worker = await open_chat(page, "worker")
    merchant = await open_chat(page, "merchant")
    await expect(worker.locator("#me")).to_contain_text("网格员")
    await expect(merchant.locator("#me")).to_contain_text("商户")
    await worker.reload()
    await expect(worker.locator("#me")).to_contain_text("网格员")


async def test_a_stranger_is_asked_to_come_by_a_link(page: Page, live: Live) -> None:
    """A forged ticket leads to words, not to an empty page."""
    await page.goto("/chat#ticket=forged")
    await expect(page.locator("#banner")).not_to_be_empty()
    await expect(page.locator("#send")).to_be_disabled()
