"""An operator's hours at the command centre: alarms worked on, found, handed over, by hand and by key."""

import os
import re
import signal
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.axe import serious
from tests.browser.look import faults, sign
from tests.browser.stage import (
    Live,
    accept,
    elders_device,
    ended,
    lonely_device,
    open_chat,
    open_console,
    resolve,
    row_of,
)
from tests.live import Running, running

pytestmark = pytest.mark.needs_system("chromium")
WIDE: ViewportSize = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def live() -> Iterator[Running]:
    """Start a house of its own: these stories kill a process, and leave watches and mutes behind."""
    with running() as made:
        yield made


async def see(console: Page, wanted: str) -> None:
    """Wait until the middle of the map shows this sign."""
    seen = None
    for _ in range(200):
        seen = await sign(console)
        if seen == wanted:
            break
        await console.evaluate("() => new Promise(requestAnimationFrame)")
    assert seen == wanted


async def test_an_alarm_goes_its_way_though_the_worker_process_is_killed(
    page: Page, live: Running
) -> None:
    """Red, a click, somebody sent, the process killed, the card, the answer, blue again."""
    device = await lonely_device(page, live, "smoke")
    console = await open_console(page)
    await console.set_viewport_size(WIDE)
    await console.locator('[data-kind="smoke"]').click()
    await device.alarms()
    row = row_of(console, device)
    await expect(row).to_have_attribute("data-state", "alarm")
    await row.locator("button").click()
    await console.locator("#ticket").get_by_role("button", name="在地图上看").click()
    await see(console, "alarm triangle")

    os.kill(live.pids()["worker"], signal.SIGKILL)
    sent = console.locator("#ticket label", has_text="王建国")
    await sent.click()
    await console.locator("#ticket").get_by_role("button", name="派单", exact=True).click()
    await expect(console.locator("#ticket .note")).to_contain_text("已派给 王建国")
    await expect(row).to_contain_text("已派 王建国")

    ticket = await row.get_attribute("data-ticket")
    assert ticket
    worker = await open_chat(page, "worker")
    # What the killed one held is another's after its lease of 30 s.
    await expect(worker.locator(f'.card[data-ticket="{ticket}"]')).to_be_visible(timeout=45_000)
    await accept(worker, ticket)
    await expect(console.locator("#ticket .status")).to_contain_text("王建国 已接单")
    await resolve(worker, ticket)
    await expect(row).to_have_attribute("data-state", "handled")
    await see(console, "handled diamond")
    await device.recovers()
    await expect(row).to_have_count(0, timeout=30_000)
    await see(console, "normal circle")


async def test_two_keys_take_the_oldest_alarm_and_the_rest_needs_no_mouse(
    page: Page, live: Live
) -> None:
    """G, A; then a note, the telephones, and Escape back to the queue."""
    device = await elders_device(page, live, "smoke")
    console = await open_console(page)
    await console.set_viewport_size(WIDE)
    await device.alarms()
    row = row_of(console, device)
    await expect(row).to_have_attribute("data-status", "open")

    await console.keyboard.press("g")
    await console.keyboard.press("a")
    await expect(row).to_have_attribute("data-status", "acked")
    await expect(row).to_contain_text("赵敏 已接单")
    ticket = console.locator("#ticket")
    await expect(ticket.locator(".claim")).to_be_hidden()

    await ticket.locator("[name=text]").focus()
    await console.keyboard.type("钥匙在楼下邻居家 g a")  # typed, not obeyed
    await console.keyboard.press("Enter")
    await expect(ticket.locator(".timeline .noted")).to_contain_text("钥匙在楼下邻居家 g a")
    await ticket.locator(".open-calls").focus()
    await console.keyboard.press("Enter")
    await expect(ticket.locator(".calls")).to_contain_text("陈桂芳")
    await expect(ticket.locator(".calls a[href^='tel:']").first).to_be_visible()
    await expect(ticket.locator(".timeline .looked")).to_contain_text("赵敏")
    assert await faults(console) == []
    assert await serious(console) == []

    await ticket.locator(".dispatch").get_by_text("王建国").click()
    await ticket.get_by_role("button", name="派单", exact=True).click()
    await expect(row).to_have_attribute("data-status", "open")
    await console.keyboard.press("Escape")
    await expect(ticket).to_be_hidden()
    number = await row.get_attribute("data-ticket")
    assert number
    worker = await open_chat(page, "worker")
    await accept(worker, number)
    await resolve(worker, number)
    await device.recovers()
    await expect(row).to_have_count(0)


async def test_one_line_finds_a_building_a_flat_somebody_and_a_device(
    page: Page, live: Live
) -> None:
    """By keys alone; a person is masked until opened, and stands in the flat that is shown."""
    console = await open_console(page)
    await console.set_viewport_size(WIDE)
    panel = console.locator("#panel")
    await console.keyboard.press("/")
    await expect(console.locator("#search")).to_be_focused()
    await console.keyboard.type("2幢1单元201")
    await expect(console.locator("#found [role=option]").first).to_contain_text("201室")
    assert await serious(console) == []
    await console.keyboard.press("Enter")
    await expect(panel.locator(".told")).to_contain_text("陈**")
    await panel.locator(".residents button").first.click()
    await expect(panel.locator(".residents .name").first).to_contain_text("陈桂芳")
    for width in (1440, 320):
        await console.set_viewport_size({"width": width, "height": 800})
        assert await faults(console) == []
    await console.set_viewport_size(WIDE)
    assert await serious(console) == []
    await panel.locator(".close").focus()
    await console.keyboard.press("Escape")
    await expect(panel).to_be_hidden()

    await console.locator("#search").fill("陈桂芳")
    found = console.get_by_role("group", name="居民").get_by_role("option")
    await expect(found.first).to_contain_text("陈**")
    await found.first.click()
    await expect(panel.locator(".told")).to_contain_text("201室")
    await console.locator("#search").fill("没有这样的东西")
    await expect(console.locator("#found")).to_contain_text("没有找到")


async def test_a_click_on_a_building_shows_its_floors(page: Page, live: Live) -> None:
    """Flats lie as they do in the house; one is chosen and told of; the use stands beside."""
    console = await open_console(page)
    await console.set_viewport_size(WIDE)
    await console.locator('[data-kind="parking"]').click()  # no points over the houses
    box = await console.locator("#map path").nth(4).bounding_box()
    assert box
    await console.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    panel = console.locator("#panel")
    rows = panel.locator(".stairs section").first.locator("li .floor")
    await expect(rows.first).to_be_visible()
    floors = [int(re.sub(r"\D", "", text)) for text in await rows.all_text_contents()]
    assert len(floors) > 1
    assert floors == sorted(floors, reverse=True)
    await panel.locator(".cell.vacant").first.click()
    await expect(panel.locator(".told .use")).to_have_text("空置")


async def test_a_tap_on_a_kind_shows_its_points_alone(page: Page, live: Live) -> None:
    """What the canvas draws is counted where it is drawn."""
    console = await open_console(page)
    await console.set_viewport_size(WIDE)
    blue = """() => {
      const canvas = document.querySelector("canvas.points");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const hex = getComputedStyle(document.documentElement).getPropertyValue("--normal").trim();
      const want = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
      let count = 0;
      for (let at = 0; at < data.length; at += 4) if (want.every((value, i) => data[at + i] === value)) count += 1;
      return count;
    }"""
    drawn = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    await console.evaluate(drawn)
    everything = await console.evaluate(blue)
    kind = console.locator('[data-kind="manhole"]')
    await kind.click()
    await console.evaluate(drawn)
    few = await console.evaluate(blue)
    assert 0 < few < everything / 2
    await kind.click()
    await console.evaluate(drawn)
    assert await console.evaluate(blue) == everything


async def test_day_and_night_are_chosen_and_kept(page: Page, live: Live) -> None:
    """As the system has it first; then as chosen, also after a reload; both are readable."""
    await page.emulate_media(color_scheme="dark")
    console = await open_console(page)
    root = console.locator("html")
    await expect(root).to_have_attribute("data-theme", "night")
    night = await sign_colour(console)
    assert await faults(console) == []
    assert await serious(console) == []
    await console.locator("#theme").click()
    await expect(root).to_have_attribute("data-theme", "day")
    assert await sign_colour(console) != night
    assert await faults(console) == []
    assert await serious(console) == []
    await console.reload()
    await expect(root).to_have_attribute("data-theme", "day")


async def sign_colour(console: Page) -> str:
    """Read the colour of what is normal."""
    found: str = await console.evaluate(
        "() => getComputedStyle(document.documentElement).getPropertyValue('--normal')"
    )
    return found


async def test_a_watch_and_a_mute_are_seen_by_every_desk(page: Page, live: Live) -> None:
    """The hand-over waits in a line of its own for somebody else's signature."""
    console = await open_console(page)
    await console.locator("#hand-over").click()
    await console.locator("#handover textarea").fill("2幢电梯在修")
    assert await serious(console) == []
    await console.get_by_role("button", name="交班，等签收").click()
    line = console.locator("#watch-line")
    await expect(line).to_contain_text("您的交班还没人签收")
    other = await page.context.new_page()
    await open_console(other)
    await other.locator("#watch-line button").click()
    await expect(other.locator("#handover")).to_contain_text("2幢电梯在修")
    await expect(other.get_by_role("button", name="签收，接班")).to_have_count(0)
    await other.close()
    await console.locator("#mute").click()
    assert await serious(console) == []
    await console.get_by_role("button", name="开始静音").click()
    await expect(console.locator("#mute")).to_contain_text("静音到")
    assert await faults(console) == []
    await console.locator("#mute").click()


async def test_a_wall_screen_shows_everything_and_nobody(page: Page, live: Live) -> None:
    """By its link alone: map, queue and figures; no name, no flat, and nothing to press."""
    device = await elders_device(page, live, "gas")
    await device.alarms()
    login = await page.request.post("/api/console/login", data={"persona": "operator"})
    bearer = {"Authorization": f"Bearer {(await login.json())['token']}"}
    made = await page.request.post("/api/console/walls", data={"name": "大厅"}, headers=bearer)
    await page.set_viewport_size({"width": 1920, "height": 1080})
    await page.goto((await made.json())["link"])
    row = row_of(page, device)
    await expect(row).to_have_attribute("data-state", "alarm")
    await expect(row).to_contain_text("2幢 ****")
    await expect(row).not_to_contain_text("201")
    await expect(page.locator("#map")).to_be_visible()
    for tool in ("#seek", "#tools", "#mute", "#hand-over"):
        await expect(page.locator(tool)).to_be_hidden()
    assert await faults(page) == []
    assert await serious(page) == []
    await ended(page, device, row)


async def test_figures_lead_to_what_they_count(page: Page, live: Live) -> None:
    """A figure of the queue filters it; every other one is the address of a list."""
    console = await open_console(page)
    await console.locator('[data-figure="acked"] button').click()
    await expect(console.locator('#queue-statuses [data-status="acked"]')).to_have_attribute(
        "aria-pressed", "true"
    )
    links = console.locator("#figures a")
    for link in await links.all():
        assert (await link.get_attribute("href") or "").startswith("#/list/")
    assert await links.count() + await console.locator("#figures button").count() == 13


async def test_large_type_and_a_narrow_window_hide_nothing(page: Page, live: Live) -> None:
    """200 % text: everything is there, nothing sticks out; a zoomed window likewise."""
    console = await open_console(page)
    await console.set_viewport_size({"width": 1366, "height": 768})
    await console.evaluate("() => (document.documentElement.style.fontSize = '200%')")
    assert await faults(console) == []
    box = await console.locator("#map").bounding_box()
    assert box
    assert box["height"] > 300
    await console.set_viewport_size({"width": 683, "height": 384})
    assert await faults(console) == []
