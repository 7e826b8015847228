"""What the browser's journeys share: the running house, its devices, the worker's hands."""

from dataclasses import dataclass
from typing import Any, Protocol

from playwright.async_api import Locator, Page, expect


class Live(Protocol):
    """The whole product, running."""

    @property
    def base_url(self) -> str:
        """Where its pages are."""

    @property
    def phones_url(self) -> str:
        """Where the demo's phones are."""

    async def publish(self, topic: str, payload: dict[str, Any]) -> None:
        """Send one MQTT message as a device would."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device of the running community, and how it speaks."""

    id: str
    live: Live
    topic: str
    quiet: dict[str, Any]

    async def alarms(self) -> None:
        """Publish what it says when something is wrong."""
        await self.live.publish(self.topic, opposite(self.quiet))

    async def recovers(self) -> None:
        """Publish what it says when all is well again."""
        await self.live.publish(self.topic, self.quiet)


def opposite(payload: dict[str, Any]) -> dict[str, Any]:
    """Turn every yes into a no and back."""
    return {
        key: opposite(value) if isinstance(value, dict) else not value
        for key, value in payload.items()
    }


async def lonely_device(page: Page, live: Live, kind: str) -> Device:
    """Choose the quiet device of a kind that stands farthest from others of its kind.

    On the map it then has a sign of its own and is not put into a cluster. How it speaks is
    learned from the demo's panel, which lets it say that all is well.
    """
    login = await page.request.post("/api/console/login", data={"persona": "operator"})
    token = (await login.json())["token"]
    answer = await page.request.get(
        "/api/console/points", headers={"Authorization": f"Bearer {token}"}
    )
    features = [f for f in (await answer.json())["features"] if f["properties"]["kind"] == kind]
    panel = await (await page.request.get("/api/demo")).json()
    listed = {device["id"] for device in panel["devices"]}

    def distance(one: dict[str, Any], other: dict[str, Any]) -> float:
        (x, y), (u, v) = one["geometry"]["coordinates"], other["geometry"]["coordinates"]
        return float((x - u) ** 2 + (y - v) ** 2)

    def room(one: dict[str, Any]) -> float:
        return min((distance(one, other) for other in features if other is not one), default=0.0)

    quiet = [
        f
        for f in features
        if f["properties"]["state"] == "normal" and f["properties"]["device"] in listed
    ]
    return await _listened(page, live, max(quiet, key=room)["properties"]["device"])


async def elders_device(page: Page, live: Live, kind: str) -> Device:
    """Choose the persona elder's own device that raises this alarm: the panel lists it first."""
    panel = await (await page.request.get("/api/demo")).json()
    found = next(device["id"] for device in panel["devices"] if device["kind"] == kind)
    return await _listened(page, live, found)


async def _listened(page: Page, live: Live, device: str) -> Device:
    """Learn how a device speaks, by letting it say that all is well."""
    said = await (await page.request.post("/api/demo/clear", data={"device": device})).json()
    return Device(device, live, said["topic"], said["payload"])


def row_of(console: Page, device: Device) -> Locator:
    """Return the device's line in the command centre's queue."""
    return console.locator(f'#tickets [data-device="{device.id}"]')


async def open_console(page: Page) -> Page:
    """Enter the command centre as the demo's operator and wait for the first figures."""
    await page.goto("/console?as=operator")
    await expect(page.locator("#figures dd").first).to_be_visible()
    return page


async def open_chat(page: Page, persona: str) -> Page:
    """Open a further tab as somebody else."""
    tab = await page.context.new_page()
    await tab.goto(f"/chat?as={persona}")
    await expect(tab.locator("#log")).to_have_attribute("aria-busy", "false")
    return tab


async def accept(worker: Page, ticket: str) -> None:
    """Press 接单 on the ticket's card."""
    await worker.locator(f'.card[data-ticket="{ticket}"] [data-action="ticket.ack"]').click()
    await expect(
        worker.locator(f'.card[data-ticket="{ticket}"] [data-action="ticket.resolve"]')
    ).to_be_visible()


async def ended(page: Page, device: Device, row: Locator) -> None:
    """Let a worker take and finish a device's ticket, and the device recover: nothing is left."""
    ticket = await row.get_attribute("data-ticket")
    assert ticket
    worker = await open_chat(page, "worker")
    await accept(worker, ticket)
    await resolve(worker, ticket)
    await device.recovers()
    await expect(row).to_have_count(0)


# What came of a press: the next question, or the end, when 处置完成 is no longer offered.
NEXT = """([ticket, key, version]) => {
  if (!document.querySelector(`.card[data-ticket="${ticket}"] [data-action="ticket.resolve"]`)) return "done";
  const card = document.querySelector(".card.answerable");
  return card && (card.dataset.key !== key || card.dataset.version !== version) ? "asked" : null;
}"""


async def resolve(worker: Page, ticket: str) -> None:
    """Press 处置完成 and the first answer to each question that follows.

    A flow lists the advancing action first, so the first button always leads on.
    """
    question = worker.locator(".card.answerable")
    button = worker.locator(f'.card[data-ticket="{ticket}"] [data-action="ticket.resolve"]')
    for _ in range(8):
        key = await question.get_attribute("data-key")
        version = await question.get_attribute("data-version")
        await button.click()
        came = await worker.wait_for_function(NEXT, arg=[ticket, key, version])
        if await came.json_value() == "done":
            return
        button = question.locator("button").first
    raise AssertionError("the questions of 处置完成 do not end")
