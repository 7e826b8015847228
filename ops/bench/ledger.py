"""Points under load: twenty spends of everything, fifty confirmations of one code, transfers/s."""

import asyncio
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import uvloop

from core.actor import CLOCK, Actor, Grant, Role, ScopeKind
from core.clock import utcnow
from core.crypto import Keyring, use_keyring
from core.db import Database, Session
from core.errors import UserError
from core.ids import uuid7
from models import AccountKind, Community, Person, Reason, Reward, Street
from ops.bench import Figure, Report, percentile
from ops.bench.fleet import analyse
from ops.check import run as broken_invariants
from ops.embedded import servers
from ops.migrate import migrate
from ops.seed.rows import Rows
from ops.stack import new_keys
from services.actors import actor
from services.points import ledger, redemptions
from services.points.ledger import AccountRef

PROCESSES = 4
SPENDS, CONFIRMATIONS = 20, 50
ROUNDS = 20
RESIDENTS = 400
LANES = 4  # transfers under way at once in each process
FOR_S = 12.0
HOT_S = 5.0  # and all from issuance, which is one account for everybody
PRICE = 100
LEDGER = {
    "ledger_sums_to_zero", "ledger_not_below_zero", "ledger_replays", "ledger_reversed_once",
    "holds_end_once",
}  # fmt: skip
BUDGET = {
    "wrong_spends": f"= 0 of {ROUNDS} rounds, one of {SPENDS} each",
    "wrong_confirmations": f"= 0 of {ROUNDS} rounds, one of {CONFIRMATIONS} each",
    "transfers_per_s": "≥ 500",
    "broken_invariants": "= 0",
}

Work = Callable[[Session], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Town:
    """What the processes work on."""

    url: str
    keys: str
    community: UUID
    spenders: list[UUID]
    merchant: UUID
    held: list[UUID]
    residents: list[UUID]


@dataclass(slots=True)
class Found:
    """What one process saw: outcomes a round, and how long each transfer took."""

    spends: list[Counter[str]] = field(default_factory=list)
    confirmations: list[Counter[str]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    granted: int = 0


def measure() -> Report:
    """Measure on a PostgreSQL of its own, with fsync on."""
    keys = dict(line.split("=", 1) for line in new_keys().splitlines())["LINLING_DATA_KEYS"]
    use_keyring(Keyring.parse(keys))
    with (
        tempfile.TemporaryDirectory(prefix="linling-bench-") as home,
        servers(Path(home), want=("postgres",)) as urls,
    ):
        town = uvloop.run(_build(urls.database, keys))
        found = _run(town)
        broken = uvloop.run(_check(town))
    wrong_spends = _wrong([one.spends for one in found], SPENDS, "points-too-few")
    wrong_ends = _wrong([one.confirmations for one in found], CONFIRMATIONS, "redeem-is-confirmed")
    waits = [wait for one in found for wait in one.waits]
    figures: dict[str, Figure] = {
        "wrong_spends": wrong_spends,
        "wrong_confirmations": wrong_ends,
        "transfers_per_s": round(len(waits) / FOR_S),
        "p50_ms": round(percentile(waits, 0.5) * 1000, 1),
        "p99_ms": round(percentile(waits, 0.99) * 1000, 1),
        "grants_per_s": round(sum(one.granted for one in found) / HOT_S),
        "broken_invariants": broken,
    }
    kept = not (wrong_spends or wrong_ends or broken) and len(waits) / FOR_S >= 500
    return Report("ledger", figures, BUDGET, kept)


def _wrong(by_process: list[list[Counter[str]]], hands: int, refusal: str) -> int:
    """Count rounds that did not end with one winner and a clear answer to all others."""
    rounds = [sum(parts, Counter[str]()) for parts in zip(*by_process, strict=True)]
    return sum(one != {"done": 1, refusal: hands - 1} for one in rounds)


async def _build(url: str, keys: str) -> Town:
    await migrate(url)
    db = Database(url)
    try:
        town = await db.run(lambda session: _town(session, url, keys))
        await analyse(db)
        return town
    finally:
        await db.aclose()


async def _town(session: Session, url: str, keys: str) -> Town:
    """Write residents with points, and holds that wait for their merchant."""
    rows, now = Rows(), utcnow()
    street = rows.make(Street, name="量街道")
    place = rows.make(
        Community, street_id=street, slug="bench", name="量社区", lon=120.06, lat=31.72
    )
    people = [_person(rows, f"居民{n}") for n in range(RESIDENTS + ROUNDS)]
    merchant = _person(rows, "店家")
    reward = rows.make(
        Reward, community_id=place, shop_id=None, merchant_id=merchant, place="店", item="物",
        item_en="", cost=PRICE, stock=None, created_at=now, ended_at=None,
    )  # fmt: skip
    await rows.write(session)
    for who in people:
        await _grant(session, place, who, PRICE * 100 if who in people[:RESIDENTS] else PRICE)
    held = []
    for who in people[:ROUNDS]:
        by = Actor(who, "", (Grant(Role.RESIDENT, place, ScopeKind.COMMUNITY, place),))
        one = await redemptions.hold(
            session, by, reward=reward, redemption=uuid7(), channel="web",
            now=now + timedelta(minutes=5),
        )  # fmt: skip
        held.append(one.id)
    return Town(url, keys, place, people[RESIDENTS:], merchant, held, people[:RESIDENTS])


def _person(rows: Rows, name: str) -> UUID:
    return rows.make(
        Person, name=name, phone=None, phone_index=None, lang="zh-CN", large_type=False,
        created_at=utcnow(),
    )  # fmt: skip


async def _grant(session: Session, community: UUID, who: UUID, amount: int) -> None:
    await ledger.transfer(
        session, community=community, debit=ledger.ISSUANCE, credit=ledger.resident(who),
        amount=amount, reason=Reason.GRANT, key=f"grant:{uuid7()}", by=CLOCK, now=utcnow(),
    )  # fmt: skip


def _run(town: Town) -> list[Found]:
    """Let the processes work at the same time; each round begins when all are ready."""
    spawn = multiprocessing.get_context("spawn")
    barrier, queue = spawn.Barrier(PROCESSES), spawn.SimpleQueue()
    workers = [
        spawn.Process(target=_process, args=(town, number, barrier, queue))
        for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    found: list[Found] = [queue.get() for _ in workers]
    for worker in workers:
        worker.join()
    return found


def _process(town: Town, number: int, barrier: Barrier, queue: Any) -> None:
    use_keyring(Keyring.parse(town.keys))
    queue.put(uvloop.run(_work(town, number, barrier)))


async def _work(town: Town, number: int, barrier: Barrier) -> Found:
    found, db = Found(), Database(town.url, pool=10)
    async with db.reading() as session:
        merchant = await actor(session, town.merchant)
    try:
        for who in town.spenders:
            barrier.wait()
            works = [_spend(town, who) for _ in _share(SPENDS, number)]
            found.spends.append(await _outcomes(db, works))
        for which in town.held:
            barrier.wait()
            works = [_confirm(merchant, which) for _ in _share(CONFIRMATIONS, number)]
            found.confirmations.append(await _outcomes(db, works))
        barrier.wait()
        await asyncio.gather(*(_lane(db, town, Random(number * LANES + n), found.waits)
                               for n in range(LANES)))  # fmt: skip
        barrier.wait()
        found.granted = sum(await asyncio.gather(*(_grants(db, town) for _ in range(LANES))))
    finally:
        await db.aclose()
    return found


def _share(total: int, number: int) -> range:
    """Deal out the hands of a round among the processes."""
    return range(number, total, PROCESSES)


def _spend(town: Town, who: UUID) -> Work:
    return lambda session: ledger.transfer(
        session, community=town.community, debit=ledger.resident(who),
        credit=AccountRef(AccountKind.DONATED), amount=PRICE, reason=Reason.DONATED,
        key=f"spend:{uuid7()}", by=CLOCK, now=utcnow(),
    )  # fmt: skip


def _confirm(merchant: Actor, which: UUID) -> Work:
    return lambda session: redemptions.confirm(session, merchant, redemption=which, now=utcnow())


async def _outcomes(db: Database, works: list[Work]) -> Counter[str]:
    async def one(work: Work) -> str:
        try:
            await db.run(work)
        except UserError as error:
            return error.key
        return "done"

    return Counter(await asyncio.gather(*map(one, works)))


async def _lane(db: Database, town: Town, chance: Random, waits: list[float]) -> None:
    """Move single points of anybody out of their account, one transaction each, until the time is up."""
    end = time.monotonic() + FOR_S
    while (began := time.monotonic()) < end:
        who = chance.choice(town.residents)
        await db.run(
            lambda session, who=who: ledger.transfer(  # type: ignore[misc]
                session, community=town.community, debit=ledger.resident(who),
                credit=AccountRef(AccountKind.MERCHANT_PAYABLE, who), amount=1,
                reason=Reason.DONATED, key=f"move:{uuid7()}", by=CLOCK, now=utcnow(),
            )
        )  # fmt: skip
        waits.append(time.monotonic() - began)


async def _grants(db: Database, town: Town) -> int:
    end, done = time.monotonic() + HOT_S, 0
    while time.monotonic() < end:
        who = town.residents[done % RESIDENTS]
        await db.run(lambda session, who=who: _grant(session, town.community, who, 1))  # type: ignore[misc]
        done += 1
    return done


async def _check(town: Town) -> int:
    """Count the invariants of the ledger that are broken now."""
    db = Database(town.url)
    try:
        async with db.reading() as session:
            results = await broken_invariants(session, now=utcnow())
    finally:
        await db.aclose()
    return sum(bool(one["broken"]) for one in results if one["name"] in LEDGER)
