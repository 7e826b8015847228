"""Into the command centre in the browser, as outside of the demo; roles, visitors, a wall screen."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import httpx
import pyotp
import pytest
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from core.actor import Role
from core.clock import utcnow
from core.settings import Settings
from ops import users
from ops.stack import read_run, updated, with_keys
from tests.browser.conftest import FLAGS, watch
from tests.browser.look import faults
from tests.live import ROOT, Running, free_port
from tests.system import find
from tests.until import until

pytestmark = pytest.mark.needs_system("chromium")
PASSWORD = "plain horses run far"


@dataclass(frozen=True, slots=True)
class Strict:
    """The running community as a process outside of the demo serves it."""

    base_url: str
    settings: Settings

    async def link(self, account: str, role: Role) -> str:
        """Make an account and return its link, as the administrator at the command line does."""
        return await asyncio.to_thread(
            users.add, self.settings, "default", account=account, name=account, role=role,
            grid=None,
        )  # fmt: skip


@pytest.fixture(scope="module")
def strict(live: Running) -> Iterator[Strict]:
    """Serve the demo's community a second time, without the demo's open doors."""
    run, port = read_run(live.home), free_port()
    assert run
    base = f"http://127.0.0.1:{port}"
    names = ("database_url", "redis_url", "mqtt_url")
    settings = updated(
        with_keys(Settings(home=live.home)), base_url=base, **{name: run[name] for name in names}
    )
    given = {
        "LINLING_HOME": str(live.home), "LINLING_BASE_URL": base, "LINLING_LOG_LEVEL": "WARNING",
        "LINLING_SECRET_KEY": settings.secret_key.get_secret_value(),
        "LINLING_DATA_KEYS": settings.data_keys.get_secret_value(),
        **{f"LINLING_{name.upper()}": str(run[name]) for name in names},
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "--port", str(port)], cwd=ROOT, env={**os.environ, **given}
    )
    try:
        until(lambda: _ready(base), 60, what="the second process")
        yield Strict(base, settings)
    finally:
        process.terminate()
        process.wait(20)


def _ready(base: str) -> bool:
    try:
        return httpx.get(f"{base}/healthz", trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@pytest.fixture
async def machines(strict: Strict) -> AsyncIterator[Callable[[], Awaitable[BrowserContext]]]:
    """Give each person a machine of their own; the test fails for what no page may do on any."""
    found: list[str] = []
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=find("chromium"), args=FLAGS)

        async def machine() -> BrowserContext:
            context = await opened.new_context(
                base_url=strict.base_url, locale="zh-CN", timezone_id="Asia/Shanghai",
                reduced_motion="reduce",
            )  # fmt: skip
            context.set_default_timeout(15_000)
            await watch(context, {strict.base_url.removeprefix("http://")}, found)
            return context

        yield machine
        await opened.close()
    assert not found


@pytest.fixture
async def browser(machines: Callable[[], Awaitable[BrowserContext]]) -> BrowserContext:
    """Open one machine's browser."""
    return await machines()


async def sets_up(page: Page, link: str) -> tuple[str, list[str]]:
    """Set an account up by its link; returns the telephone's secret and the recovery codes."""
    await page.goto(link)
    await expect(page.get_by_label("新密码", exact=True)).to_be_focused()
    assert "setup" not in page.url
    await page.get_by_label("新密码", exact=True).fill(PASSWORD)
    await page.get_by_label("再输一遍新密码").fill(PASSWORD + "!")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("不一样")
    await page.get_by_label("再输一遍新密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    secret = (await page.locator(".secret").inner_text()).replace(" ", "")
    assert await faults(page) == []
    await page.get_by_label("动态码").fill("000000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("动态码不对")
    await page.get_by_label("动态码").fill(_code(secret))
    await page.keyboard.press("Enter")
    await expect(page.locator(".recovery li")).to_have_count(10)
    codes = await page.locator(".recovery li").all_inner_texts()
    assert await faults(page) == []
    await page.get_by_label("我已经抄好").check()
    await page.get_by_role("button", name="继续").click()
    return secret, codes


def _code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(utcnow().timestamp()) + 30 * steps)


async def shows_password(page: Page, account: str) -> None:
    """Answer the first question."""
    await page.get_by_label("账号").fill(account)
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")


async def test_from_the_link_to_the_map_and_back_in(
    browser: BrowserContext, strict: Strict
) -> None:
    """Link, telephone, recovery codes; out; a wrong code, a recovery code; all by keys alone."""
    page = await browser.new_page()
    secret, codes = await sets_up(page, await strict.link("lihua", Role.OPERATOR))
    await expect(page.locator("#figures dd").first).to_be_visible()
    await page.locator("#log-out").click()
    await expect(page.get_by_label("账号")).to_be_focused()
    for width in (1440, 320):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await faults(page) == []
    await page.set_viewport_size({"width": 1440, "height": 800})

    await shows_password(page, "lihua")
    code = page.get_by_label("动态码")
    await expect(code).to_be_focused()
    await expect(code).to_have_attribute("autocomplete", "one-time-code")
    await code.fill(_code(secret, 9))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("动态码不对")
    await expect(code).to_be_focused()
    await expect(code).to_have_attribute("aria-invalid", "true")
    await expect(code).to_have_accessible_description(re.compile("动态码不对"))
    await page.get_by_role("button", name="用恢复码").press("Enter")
    await expect(page.get_by_label("恢复码", exact=True)).to_be_focused()
    await page.keyboard.type(codes[0])
    await page.keyboard.press("Enter")
    await expect(page.locator("#figures dd").first).to_be_visible()
    await page.locator("#my-account").click()
    dialog = page.locator("#account")
    await expect(dialog).to_contain_text("还有 9 个没用过")
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    # A second tab goes on by the cookie, and a reload in it too.
    second = await browser.new_page()
    await second.goto("/console")
    await expect(second.locator("#figures dd").first).to_be_visible()


async def test_before_visitors(browser: BrowserContext, strict: Strict) -> None:
    """One key masks both tabs at once; a reload changes nothing; the password ends it."""
    page = await browser.new_page()
    await sets_up(page, await strict.link("wangfang", Role.OPERATOR))
    await expect(page.locator("#figures dd").first).to_be_visible()
    second = await browser.new_page()
    await second.goto("/console")
    await expect(second.locator("#visitors")).to_be_visible()
    panel = page.locator("#panel")
    await _finds(page, "2幢1单元201")
    await expect(panel.locator(".residents .name").first).to_contain_text("陈**")
    await page.keyboard.press("Escape")
    await page.locator("body").press("v")
    for tab in (page, second):
        await expect(tab.locator("#visitors-line")).to_contain_text("来访模式")
        await expect(tab.locator("#panel")).to_be_hidden()
    assert await faults(page) == []
    await page.reload()
    await expect(page.locator("#visitors-line")).to_be_visible()
    await _finds(page, "2幢")
    await panel.get_by_role("button", name=re.compile("1单元 201室")).click()
    await expect(panel.locator(".residents .name").first).to_have_text("**")
    await expect(panel.locator(".group")).to_have_count(0)
    await panel.locator(".close").first.click()
    await page.locator("#visitors-end").click()
    await page.get_by_label("现在的密码").fill("wrong")
    await page.keyboard.press("Enter")
    await expect(page.locator("#account [role=alert]")).to_have_text("密码不对。")
    await page.get_by_label("现在的密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    for tab in (page, second):
        await expect(tab.locator("#visitors-line")).to_be_hidden()
        await expect(tab.locator("#visitors")).to_be_visible()


async def _finds(page: Page, words: str) -> None:
    await page.locator("#search").fill(words)
    await expect(page.locator("#found [role=option]").first).to_be_visible()
    await page.locator("#search").press("Enter")
    await expect(page.locator("#panel")).to_be_visible()


async def test_three_administrators_and_a_new_colleague(
    machines: Callable[[], Awaitable[BrowserContext]], strict: Strict
) -> None:
    """One makes the account, one gives the role, one reads of it; each has own lists and no map."""
    refused: list[str] = []
    lists = {
        "system": ["账号", "角色"],
        "security": ["账号", "角色", "大屏"],
        "audit": ["审计记录"],
    }
    tabs: dict[str, Page] = {}
    for role, titles in lists.items():
        page = tabs[role] = await (await machines()).new_page()
        page.on("response", lambda one: refused.append(one.url) if one.status == 403 else None)
        await sets_up(page, await strict.link(f"the{role}", Role(role)))
        await expect(page.locator("#list-title")).to_have_text(titles[0])
        for name in ("#figures", "#stage", "#queue", "#visitors", '#pages a[href="#/"]'):
            await expect(page.locator(name)).to_be_hidden()
        links = page.locator("#page nav a")
        await expect(links).to_have_text(titles)
        assert await faults(page) == []

    system, security, audit = tabs.values()
    await system.get_by_role("button", name="新建账号").click()
    await system.get_by_label("账号名").fill("newdesk")
    await system.get_by_label("名称").fill("刘洋")
    await system.keyboard.press("Enter")
    shown = system.locator("dialog.link input")
    link = await shown.input_value()
    assert "#setup=" in link
    assert await faults(system) == []
    await system.keyboard.press("Escape")
    await expect(system.locator("tr", has_text="newdesk")).to_contain_text("等本人设置")

    await security.reload()
    row = security.locator("tr", has_text="newdesk")
    await row.get_by_role("button", name="分配角色").click()
    form = security.get_by_role("dialog")
    await form.get_by_label("角色").select_option(label="值班员")
    await form.get_by_role("button", name="保存").click()
    await expect(row).to_contain_text("值班员")
    await audit.reload()
    await expect(audit.locator("table")).to_contain_text(
        "安全管理员thesecurity分配了角色。角色：值班员。"
    )
    assert refused == []

    colleague = await (await machines()).new_page()
    await sets_up(colleague, link)
    await expect(colleague.locator("#figures dd").first).to_be_visible()
    await expect(colleague.locator("#queue")).to_be_visible()


async def test_a_wall_screen_opens_by_its_link(browser: BrowserContext, strict: Strict) -> None:
    """The token is gone from the address, nothing can be pressed, a reload goes on, its end is dark."""
    page = await browser.new_page()
    await sets_up(page, await strict.link("sunwei", Role.OPERATOR))
    await expect(page.locator("#figures dd").first).to_be_visible()
    csrf = await page.evaluate("JSON.parse(localStorage['linling.console']).csrf")
    headers = {"X-CSRF-Token": csrf}
    answer = await page.request.post("/api/console/walls", data={"name": "大厅"}, headers=headers)
    made = await answer.json()
    wall = await browser.new_page()
    await wall.goto(made["link"])
    for again in (False, True):
        if again:
            await wall.reload()
        await expect(wall.locator("#figures dd").first).to_be_visible()
        assert wall.url.endswith("/console")
        await expect(wall.locator("#centre > header button:visible")).to_have_count(0)
    assert await faults(wall) == []
    ended = await page.request.delete(f"/api/console/walls/{made['id']}", headers=headers)
    assert ended.ok
    await expect(wall.locator("#login")).to_be_visible()
