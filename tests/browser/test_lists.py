"""The lists of the command centre by keys alone: found, narrowed, opened, edited, brought in, taken out.

The `page` fixture adds: no breach of the content security policy, no fault, no other host.
"""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.async_api import Locator, Page, ViewportSize, expect

from bot.console.lists.registry import LISTS
from core.db import Database, Session, sql
from services.imports.columns import columns
from services.imports.sheets import xlsx_of
from tests.browser.look import faults
from tests.browser.stage import Live, ended, lonely_device, open_console, row_of
from tests.live import Running

pytestmark = pytest.mark.needs_system("chromium")

WIDE, NARROW = ViewportSize(width=1366, height=768), ViewportSize(width=320, height=800)
# The demo's shop that this test enters, and takes out again.
SHOP, ADDRESS = "测试修伞铺", "测试路1号"


@pytest.fixture
async def base(live: Running) -> AsyncIterator[Database]:
    """Open the running house's database, and take out what the test has put in."""
    opened = Database(json.loads((live.home / "run.json").read_text())["database_url"])
    yield opened

    async def mend(session: Session) -> None:
        await session.execute(sql("DELETE FROM shop WHERE name LIKE '测试%'"))

    await opened.run(mend)
    await opened.aclose()


async def _opens(page: Page, name: str) -> Locator:
    """Enter the centre at a list and wait for its rows, or for what it says without any."""
    await page.goto(f"/console?as=operator#/list/{name}")
    body = page.locator(".list-body")
    await expect(body.locator("table, .list-empty").first).to_be_visible()
    return body


async def _tabs_to(page: Page, target: Locator, *, most: int = 80) -> None:
    """Press Tab until something has the focus."""
    for _ in range(most):
        if await target.evaluate("(node) => node === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab to {target}")


@pytest.mark.parametrize("scheme", ["day", "night"])
async def test_every_list_is_whole(page: Page, live: Live, scheme: str) -> None:
    """By day and by night, wide and narrow: named, readable, nothing sticking out."""
    await page.set_viewport_size(WIDE)
    await _opens(page, "people")
    await page.evaluate("(theme) => (document.documentElement.dataset.theme = theme)", scheme)
    links = await page.locator(".rail a").all()
    names = [await link.get_attribute("data-list") or "" for link in links]
    assert {"people", "rota", "rules", "rewards", "undelivered"} <= set(names) <= LISTS.keys()
    for name in names:
        await page.evaluate("(name) => (location.hash = `#/list/${name}`)", name)
        await expect(page.locator(f'.rail [data-list="{name}"]')).to_have_attribute(
            "aria-current", "page"
        )
        body = page.locator(".list-body:not([aria-busy])")
        await expect(body.locator("table, .list-empty")).to_be_visible()
        for size in (WIDE, NARROW):
            await page.set_viewport_size(size)
            assert await faults(page) == [], f"{name} {scheme} {size}"


async def test_a_resident_is_found_and_opened_by_keys(page: Page, live: Live) -> None:
    """Search, filter, the next page, and a name that is shown only once it was asked for."""
    body = await _opens(page, "people")
    first = body.locator("tbody tr").first
    await expect(first.locator('[data-col="name"]')).to_contain_text("*")
    await page.locator("#list-title").focus()
    await page.keyboard.press("/")
    search = page.locator(".list-tools [type=search]")
    await expect(search).to_be_focused()
    await page.keyboard.type("2幢")
    await expect(page).to_have_url(re.compile(r"#/list/people\?q="))
    await expect(first.locator('[data-col="building"]')).to_contain_text("2幢")
    await page.keyboard.press("Control+A")
    await page.keyboard.press("Delete")
    await expect(page).to_have_url(re.compile(r"#/list/people$"))
    elder = page.locator('.list-tools select[name="elder"]')
    await _tabs_to(page, elder)
    await page.keyboard.press("ArrowDown")
    await expect(page).to_have_url(re.compile("elder=yes"))
    await expect(page.locator("#list-sum")).to_contain_text("2,518")
    more = body.locator(".list-more button")
    await more.focus()
    await page.keyboard.press("Enter")
    await expect(body.locator("tbody tr")).to_have_count(100)
    look = body.locator('tbody tr [data-act="open"]').first
    await look.focus()
    await page.keyboard.press("Enter")
    await expect(first.locator('[data-col="name"]')).not_to_contain_text("*")
    await expect(first.locator('[data-col="phone"]')).not_to_contain_text("*")


async def test_a_shop_is_entered_mended_and_changed_by_two_by_keys(
    page: Page, live: Live, base: Database
) -> None:
    """Faults stand at their fields, nothing typed is lost, and the second one sees the first."""
    await _opens(page, "shops")
    add = page.locator('.list-acts [data-act="add"]')
    await add.focus()
    await page.keyboard.press("Enter")
    form = page.locator("dialog.form")
    await expect(form.locator('[name="name"]')).to_be_focused()
    await page.keyboard.type(SHOP)
    await page.keyboard.press("Enter")
    await expect(form.locator('[data-field="category"] .wrong')).to_be_visible()
    await expect(form.locator('[name="category"]')).to_be_focused()
    await expect(form.locator('[name="name"]')).to_have_value(SHOP)
    await form.locator('[name="category"]').select_option("修鞋铺")
    for name, text in (("address", ADDRESS), ("lon", "120.0612"), ("lat", "31.7209")):
        await form.locator(f'[name="{name}"]').focus()
        await page.keyboard.type(text)
    await form.locator('[name="datum"]').select_option("WGS84")
    assert await faults(page) == []
    await form.locator('[name="lat"]').focus()
    await page.keyboard.press("Enter")
    await expect(form).to_have_count(0)

    await page.goto(f"/console?as=operator#/list/shops?q={SHOP}")
    row = page.locator(".list-body tbody tr")
    await expect(row).to_have_count(1)
    await row.locator('[data-act="edit"]').focus()
    await page.keyboard.press("Enter")
    await expect(form.locator('[name="address"]')).to_have_value(ADDRESS)

    async def first_one(session: Session) -> None:
        await session.execute(
            sql("UPDATE shop SET phone = '0519-88000001' WHERE name = :name"), {"name": SHOP}
        )

    await base.run(first_one)
    await form.locator('[name="address"]').fill("测试路2号")
    await page.keyboard.press("Enter")
    await expect(form.locator(".note")).to_contain_text("电话")
    await expect(form.locator('[data-field="phone"] .there')).to_contain_text("0519-88000001")
    await expect(form.locator('[name="address"]')).to_have_value("测试路2号")
    await form.locator('[name="phone"]').fill("0519-88000001")
    await page.keyboard.press("Enter")
    await expect(form).to_have_count(0)
    await expect(row.locator('[data-col="address"]')).to_have_text("测试路2号")
    await expect(row.locator('[data-col="phone"]')).to_have_text("0519-88000001")


async def test_a_file_is_brought_in_by_the_wizard(
    page: Page, live: Live, base: Database, tmp_path: Path
) -> None:
    """Chosen, checked, its report read, the good rows written, the bad ones taken home."""
    of = columns("shops")
    good = {
        "name": "测试配匙铺",
        "category": "修鞋铺",
        "lon": "120.06",
        "lat": "31.72",
        "datum": "WGS84",
    }
    bad = good | {"name": "测试远店", "lat": "99"}
    file = tmp_path / "shops.xlsx"
    file.write_bytes(
        xlsx_of(
            [one.header for one in of.values()],
            [[one.get(code, "") for code in of] for one in (good, bad)],
        )
    )
    await _opens(page, "shops")
    await page.locator('.list-acts [data-act="import"]').focus()
    await page.keyboard.press("Enter")
    wizard = page.locator("dialog.wizard")
    await wizard.locator("input[type=file]").set_input_files(file)
    await wizard.get_by_role("button", name="核对", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(wizard.locator(".sum")).to_have_text("共 2 行，1 行可以写入，1 行有问题。")
    await expect(wizard.locator(".report tbody tr")).to_contain_text("纬度")
    assert await faults(page) == []
    async with page.expect_download() as started:
        await wizard.get_by_role("button", name="下载有问题的行").click()
    path = await (await started.value).path()
    lines = list(load_workbook(path.rename(tmp_path / "bad.xlsx")).worksheets[0].values)
    assert [line[0] for line in lines] == ["名称", "测试远店"]
    assert await base.run(_count) == 0
    await wizard.get_by_role("button", name="只写入没问题的 1 行").focus()
    await page.keyboard.press("Enter")
    await expect(wizard.locator(".sum")).to_have_text(
        "已经写入：新增 1 行，修改 0 行，0 行没有变化。"
    )
    assert await base.run(_count) == 1
    await page.keyboard.press("Escape")
    await expect(wizard).to_have_count(0)


async def _count(session: Session) -> int:
    found = await session.execute(sql("SELECT count(*) FROM shop WHERE name LIKE '测试%'"))
    return int(found.scalar_one())


async def test_people_go_out_only_with_a_reason(page: Page, live: Live, tmp_path: Path) -> None:
    """The form asks for it, and says that it was written down."""
    await _opens(page, "people?elder=yes&q=1幢")
    await page.locator('.list-acts [data-act="export"]').click()
    form = page.locator("dialog.form")
    await form.get_by_role("button", name="导出").click()
    await expect(form.locator('[data-field="reason"] .wrong')).to_be_visible()
    await form.locator('[name="reason"]').fill("高温天走访")
    async with page.expect_download() as started:
        await page.keyboard.press("Enter")
    path = await (await started.value).path()
    book = load_workbook(path.rename(tmp_path / "out.xlsx"))
    names = [line[0].value for line in book.worksheets[0].iter_rows(min_row=2)]
    assert names
    assert all("*" in str(name) for name in names)
    await expect(page.locator(".list .note")).to_contain_text("访问记录")


async def test_a_rule_is_tried_before_it_is_changed(page: Page, live: Live) -> None:
    """One reading says whether it would alarm; nothing is written."""
    body = await _opens(page, "rules?severity=maintenance")
    await body.locator('tbody tr [data-act="try-rule"]').first.click()
    form = page.locator("dialog.form")
    await expect(form.locator('[name="limit"]')).not_to_have_value("")
    assert await faults(page) == []
    await form.locator("[type=submit]").click()
    told = page.locator("dialog.sure")
    await expect(told).to_contain_text("什么也没有写入")
    await page.keyboard.press("Escape")
    await expect(told).to_have_count(0)


async def test_an_alarm_is_seen_and_opened_from_a_list(page: Page, live: Live) -> None:
    """The queue stays beside every list; opening its ticket brings the map back."""
    device = await lonely_device(page, live, "gas")
    await _opens(page, "devices")
    await device.alarms()
    row = row_of(page, device)
    await expect(row).to_have_attribute("data-state", "alarm")
    await row.locator("button").first.click()
    await expect(page.locator("#ticket")).to_be_visible()
    await expect(page.locator("#page")).to_be_hidden()
    await page.go_back()
    await expect(page.locator("#page")).to_be_visible()
    await ended(page, device, row)


async def test_lists_cost_nothing_until_they_are_opened(page: Page, live: Live) -> None:
    """The first load has none of their modules; the console stays within its budget."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await open_console(page)
    assert not [url for url in asked if "/console/lists/" in url]
    await page.locator('#pages a[href="#/list/"]').click()
    await expect(page.locator(".list table").first).to_be_visible()
    assert [url for url in asked if "/console/lists/" in url]
