"""Ten minutes in which a third of the vendor's calls fail: nothing is lost, no limit is broken."""

import random
from collections import Counter
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

import pytest

from cards.talk import say
from core.db import Session
from core.ids import uuid7
from handlers.delivery import deliver_due
from services import accounts, outbox
from tests.town import VENDORS, Town

KINDS = ("429", "500", "502", "timeout_before", "timeout_after", "reset")
CODES = ("busy", "quota")
KNOWN = {
    "wechat": (*KINDS, *CODES),
    "miniprogram": (*KINDS, *CODES),
    "wecom": (*KINDS, *CODES, "concurrent"),
    "telegram": KINDS,
}
DOUBTFUL = ("502", "timeout_before", "timeout_after", "reset")  # it may have arrived
PEOPLE = 20
STORM = timedelta(minutes=10)
STEP = timedelta(seconds=4)
BURST = 15  # steps from one burst to the next: a minute


class Storm:
    """People with phones, cards on their way to them, and when each was first asked for."""

    def __init__(self, town: Town, channel: str) -> None:
        self.town, self.channel, self.fake = town, channel, town.fakes[channel]
        self.random = random.Random(7)
        self.people: list[tuple[UUID, str]] = []
        self.asked: dict[str, datetime] = {}
        self.life: set[str] = set()

    async def gather(self) -> None:
        """Let people come and write, which opens WeChat's windows; then forget what was said."""
        for number in range(PEOPLE):
            phone = self.fake.phone(f"{9000 + number}")
            await phone.joins()
            await phone.says("谢谢")
            await self.town.settle()
            phone.screen.clear()
            self.people.append((await self._person(phone.account), phone.account))

    async def _person(self, account: str) -> UUID:
        rows = await self.town.world.fetch(
            "SELECT person_id FROM channel_account WHERE external_index = :index",
            index=accounts.index(account),
        )
        return UUID(str(rows[0].person_id))

    async def writes(self, person: UUID, *, life: bool) -> None:
        """Ask for one card with words of its own."""
        words = f"第{len(self.asked)}号 {uuid7().hex}"
        self.asked[words] = self.town.clock()
        if life:
            self.life.add(words)

        async def work(session: Session) -> None:
            await outbox.enqueue_reply(
                session, say(words), person=person, channel=self.channel, turn=None,
                now=self.town.clock(), life=life,
            )  # fmt: skip

        await self.town.world.db.run(work)

    async def passes(self, span: timedelta, per_person: int = 3) -> None:
        """Let time pass in steps; each minute a burst of cards is asked for, life among them last.

        A round of the worker takes fewer than a burst holds.
        """
        jobs = [person for person, _ in self.people for _ in range(per_person)]
        self.random.shuffle(jobs)
        steps = int(span / STEP)
        each = len(jobs) * BURST // steps
        for step in range(steps):
            if step % BURST == 0:
                for place, person in enumerate(jobs[:each]):
                    await self.writes(person, life=place >= each - 2)
                del jobs[:each]
            await self.delivers(limit=2)
            self.town.shift += STEP

    async def delivers(self, limit: int = 50) -> None:
        """Let the worker do one round."""
        await deliver_due(
            self.town.world.db, channels=self.town.channels, now=self.town.clock(), limit=limit
        )

    async def delivers_all(self) -> None:
        """Let the worker do what is due now."""
        now = self.town.clock()
        while await deliver_due(self.town.world.db, channels=self.town.channels, now=now):
            pass

    async def calms(self, within: timedelta = timedelta(hours=1)) -> None:
        """End the faults and let everything go out; an hour is enough after any rest."""
        self.fake.faults.rate = 0.0
        end = self.town.clock() + within
        while (now := self.town.clock()) < end:
            rows = await self.town.world.fetch(
                "SELECT count(*) AS n, min(due_at) AS at FROM outbox "
                "WHERE state = 'due' AND kind <> 'fetch'"
            )
            if not rows[0].n:
                return
            await self.delivers()
            self.town.shift += max(timedelta(seconds=10), rows[0].at - now)
        raise AssertionError(f"something still waits after {within}")

    async def unreached_write_again(self) -> None:
        """Let those write for whom a window was used up, as far as we could know."""
        rows = await self.town.world.fetch(
            "SELECT DISTINCT person_id FROM outbox WHERE state = 'dead'"
        )
        dead = {row.person_id for row in rows}
        later, self.town.shift = self.town.shift, timedelta()
        for person, account in self.people:  # by the real clock: a push of tomorrow is refused
            if person in dead:
                await self.fake.phone(account).says("你好")
        self.town.shift = later
        await self.calms()

    def waits(self, *, life: bool) -> list[float]:
        """List in order how many seconds the cards took that have arrived, by their first copy."""
        took = dict[str, float]()
        for _, account in self.people:
            for shown in self.fake.phone(account).screen:
                for words in self.asked:
                    if words in shown.text and (words in self.life) == life:
                        took.setdefault(words, (shown.rang - self.asked[words]).total_seconds())
        return sorted(took.values())

    def arrived(self) -> Counter[str]:
        """Count each card on the phones."""
        texts = [
            shown.text for _, account in self.people for shown in self.fake.phone(account).screen
        ]
        return Counter(words for text in texts for words in self.asked if words in text)


def _limits_broken(fake: Any) -> int:
    """Count what the vendor refused or dropped because a limit was passed."""
    refusals = getattr(fake, "refusals", {})
    return int(
        getattr(fake, "dropped", 0) + getattr(fake, "overdrawn", 0) + getattr(fake, "too_fast", 0)
        + sum(refusals.get(code, 0) for code in (45009, 45015, 45047))
    )  # fmt: skip


@pytest.mark.parametrize("channel", VENDORS)
async def test_nothing_is_lost_in_a_storm(town: Town, channel: str) -> None:
    """Every card arrives; twice only what was ambiguous, and that is counted; life comes first."""
    storm = Storm(town, channel)
    await storm.gather()
    before = _limits_broken(storm.fake)
    storm.fake.faults.kinds, storm.fake.faults.rate = KNOWN[channel], 0.3
    await storm.passes(STORM)
    assert storm.fake.faults.count > 10
    urgent, rest = storm.waits(life=True), storm.waits(life=False)
    assert median(urgent) < median(rest)
    await storm.calms()
    await storm.unreached_write_again()
    seen = storm.arrived()
    rows = await town.world.fetch("SELECT state, error, ambiguous FROM outbox")
    assert {(row.state, row.error) for row in rows if row.state != "sent"} == set()
    assert storm.asked.keys() - seen.keys() == set()
    doubles = sum(count - 1 for count in seen.values())
    doubts = sum(row.ambiguous for row in rows)
    if channel == "wecom":
        assert (doubles, doubts) == (0, 0), "the same task is one message there"
    else:
        assert doubles <= doubts == sum(storm.fake.faults.struck[kind] for kind in DOUBTFUL)
    assert _limits_broken(storm.fake) == before


async def test_life_comes_first(town: Town) -> None:
    """A member's minute is nearly used up and more waits: what is for a life still goes at once."""
    storm = Storm(town, "wecom")
    await storm.gather()
    person, account = storm.people[0]
    for number in range(40):
        await storm.writes(person, life=number >= 37)
    await storm.delivers()
    rang = [shown.text for shown in storm.fake.phone(account).screen]
    assert {words for words in storm.asked if any(words in text for text in rang[:3])} == storm.life
    assert len(rang) < 29
    await storm.writes(person, life=True)
    await storm.delivers()
    assert len(storm.fake.phone(account).screen) == len(rang) + 1
    await storm.calms()
    assert len(storm.fake.phone(account).screen) == 41
    assert storm.fake.dropped == 0


async def test_the_companys_day_is_never_overdrawn(town: Town) -> None:
    """A fifth is kept for life, which goes by another channel when that is gone; no call is refused."""
    storm = Storm(town, "wecom")
    await storm.gather()
    family = await town.hand("family", "wecom")
    storm.fake.accounts = town.channels["wecom"].settings.accounts = 1  # type: ignore[union-attr]
    for number in range(140):
        await storm.writes(storm.people[number % PEOPLE][0], life=number >= 120)
    await storm.delivers_all()
    assert storm.life <= storm.arrived().keys()
    assert len(storm.fake.record) == 160
    for number in range(40):
        await storm.writes(storm.people[number % PEOPLE][0], life=True)
    await storm.delivers_all()
    assert len(storm.fake.record) == 200
    await storm.writes(family.human.id, life=True)
    await storm.delivers_all()
    web = await town.hand("family", "web")
    assert await web.sees(list(storm.asked)[-1])
    await storm.calms(timedelta(hours=25))
    assert storm.arrived().keys() | {list(storm.asked)[-1]} == storm.asked.keys()
    assert storm.fake.overdrawn == 0
