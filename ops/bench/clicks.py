"""Many hands on one card: who presses, over HTTP, and what each of them is told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

ACKNOWLEDGE = "ticket.ack"


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody with a session, who always talks to the same process."""

    client: httpx.AsyncClient
    bearer: str

    @property
    def headers(self) -> dict[str, str]:
        """Carry the session."""
        return {"Authorization": f"Bearer {self.bearer}"}

    async def items(self, after: int = 0) -> list[dict[str, Any]]:
        """Read the mailbox beyond an item, page after page."""
        found: list[dict[str, Any]] = []
        while True:
            answer = await self.client.get(
                "/api/chat/messages", params={"after": after}, headers=self.headers
            )
            answer.raise_for_status()
            page: list[dict[str, Any]] = answer.json()["items"]
            if not page:
                return found
            found += page
            after = page[-1]["id"]

    async def buttons(self) -> dict[str, str]:
        """Map each ticket to the token of its acknowledging button."""
        return {
            item["card"]["ticket"]: action["token"]
            for item in await self.items()
            for action in item["card"]["actions"]
            if action["id"] == ACKNOWLEDGE
        }

    async def presses(self, token: str) -> list[dict[str, Any]]:
        """Press a button; returns the items of the turn."""
        answer = await self.client.post(
            "/api/chat/messages", json={"action": token}, headers=self.headers
        )
        answer.raise_for_status()
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who had it, and what the others read."""

    winners: list[int]
    refusals: list[str]


async def race(hands: Sequence[Hand], tokens: Sequence[str]) -> Verdict:
    """Let everybody press at once."""
    turns = await asyncio.gather(
        *(hand.presses(token) for hand, token in zip(hands, tokens, strict=True))
    )
    # A refusal is a card of its own; beside it comes the ticket's, as it is now.
    refused = [[i["card"] for i in turn if i["card"]["ticket"] is None] for turn in turns]
    return Verdict(
        [number for number, cards in enumerate(refused) if not cards],
        [card["title"] + card["summary"] for cards in refused for card in cards],
    )


def clients(ports: Sequence[int]) -> list[httpx.AsyncClient]:
    """Open a client for each process, with room for every hand at once."""
    return [
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30,
            # Let go before the server does, after five seconds: it might be just while we write.
            limits=httpx.Limits(max_connections=64, keepalive_expiry=2),
        )
        for port in ports
    ]  # fmt: skip
