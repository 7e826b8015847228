"""What does not arrive is seen in the command centre, by eyes, by keys, by a screen reader."""

import json
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from core.clock import utcnow
from core.db import Database, Session, sql
from services import pauses
from tests.browser.look import faults
from tests.browser.stage import (
    Live,
    accept,
    lonely_device,
    open_chat,
    open_console,
    resolve,
    row_of,
)
from tests.live import Running

pytestmark = pytest.mark.needs_system("chromium")

# Somebody of the staff whom no other test needs.
LEAD = """(SELECT person_id FROM shift WHERE duty = 'lead' AND person_id NOT IN
           (SELECT person_id FROM demo_persona) ORDER BY person_id LIMIT 1)"""


@pytest.fixture
async def base(live: Running) -> AsyncIterator[Database]:
    """Open the running house's database, and leave it as it was."""
    opened = Database(json.loads((live.home / "run.json").read_text())["database_url"])
    yield opened
    await opened.run(_mend)
    await opened.aclose()


async def _mend(session: Session) -> None:
    await session.execute(
        sql(f"UPDATE channel_account SET reachable = TRUE WHERE person_id = {LEAD}")  # noqa: S608
    )
    await pauses.works(session, "wechat")


async def _break(session: Session, ticket: str) -> None:
    """Let a card be given up, somebody leave, a channel rest."""
    await session.execute(
        sql(
            """
            UPDATE outbox SET state = 'dead', error = 'ReadTimeout'
            WHERE object_id = CAST(:ticket AS uuid) AND person_id =
                  (SELECT person_id FROM demo_persona WHERE persona = 'worker')
            """
        ),
        {"ticket": ticket},
    )
    await session.execute(
        sql(f"UPDATE channel_account SET reachable = FALSE WHERE person_id = {LEAD}")  # noqa: S608
    )
    await pauses.halt(session, "wechat", "halted-wechat-address", seconds=600, now=utcnow())


async def test_a_quiet_line_leads_to_the_lists_and_sends_again(
    page: Page, live: Live, base: Database
) -> None:
    """It appears by itself, is opened and worked by keys alone, fits a phone, and goes again."""
    device = await lonely_device(page, live, "smoke")
    console = await open_console(page)
    worker = await open_chat(page, "worker")
    await device.alarms()
    row = row_of(console, device)
    await expect(row).to_have_attribute("data-state", "alarm")
    ticket = await row.get_attribute("data-ticket")
    assert ticket
    await expect(worker.locator(f'.card[data-ticket="{ticket}"]')).to_be_visible()
    line = console.locator("#reach")
    await expect(line).to_be_hidden()

    await base.run(lambda session: _break(session, ticket))
    await expect(line).to_have_text("1 条没送到 · 1 人联系不上 · 微信暂停")
    assert await faults(console) == []

    await line.focus()
    await console.keyboard.press("Enter")
    rows = console.locator(".list-body tbody tr")
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("试了好几次")
    await expect(rows).to_contain_text("烟雾报警")
    await rows.locator('[data-act="resend"]').focus()
    await console.keyboard.press("Enter")
    await expect(console.locator(".list .note")).to_have_text("已完成：再发一次")
    await expect(rows).to_have_count(0)
    await expect(console.locator("#list-title")).to_be_focused()
    await expect(line).to_have_text("1 人联系不上 · 微信暂停")

    await line.focus()
    await console.keyboard.press("Enter")
    await expect(rows).to_contain_text("取消了关注或退出了聊天")
    await console.locator('.rail [data-list="channels"]').click()
    await expect(rows).to_contain_text("白名单")
    await base.run(_mend)
    await expect(console.locator(".list-empty")).to_contain_text("所有渠道")
    await expect(line).to_be_hidden()
    await accept(worker, ticket)
    await resolve(worker, ticket)
    await device.recovers()
    await expect(row).to_have_count(0)
