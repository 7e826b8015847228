"""Twenty hands on each card: exactly one acknowledger, over HTTP and at the service."""

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import httpx
import uvloop

from core.actor import Actor
from core.bus import RedisBus
from core.clock import utcnow
from core.crypto import Keyring, use_keyring
from core.db import Database, Session, sql
from core.errors import UserError
from core.ids import uuid7
from ops.bench import Report
from ops.bench.clicks import Hand, Verdict, clients, race
from ops.bench.fleet import Point, Size, build, logins
from ops.bench.ground import Ground, answers, free_port, ground, wait_until
from ops.migrate import migrate
from services import actors
from services.tickets import alarms, answer
from services.tickets.judge import Signal

HANDS = 20
TICKETS = 500
SERVICE_TICKETS = 10_000
PROCESSES = 4
SENDERS = 2
AT_ONCE = 2  # cards that are pressed at the same time over HTTP, by twenty hands each
# A bench ends within four minutes: what is not reached by then is seen in the figures.
HTTP_S, FOR_S = 140.0, 234.0  # from the start
BUDGET = {
    "http_tickets": "= 500, one winner each",
    "service_tickets": "= 10,000, one winner each",
    "wrong": "= 0",
}


@dataclass(frozen=True, slots=True)
class Share:
    """What one process races for at the service: its tickets, and everybody for each of them."""

    database: str
    redis: str
    keys: str
    people: tuple[UUID, ...]
    tickets: list[UUID]
    seconds: float


@dataclass(frozen=True, slots=True)
class Raced:
    """How a share went; `wrong` counts tickets without exactly one winner."""

    tickets: int
    wrong: int
    seconds: float


def measure() -> Report:
    """Measure on a throwaway stack."""
    with ground() as place:
        return uvloop.run(_measure(place))


async def _measure(place: Ground) -> Report:
    began = time.monotonic()
    await migrate(place.settings.database_url)
    bus = RedisBus(place.settings.redis_url)
    db = Database(place.settings.database_url, bus=bus)
    try:
        size = Size(homes=TICKETS, grids=1, workers=HANDS, kind="smoke")
        points = await build(db, size, now=utcnow())
        http = await _over_http(place, db, points, ends=began + HTTP_S)
        service = await _at_service(place, db, points[0].workers, ends=began + FOR_S)
    finally:
        await db.aclose()
        await bus.aclose()
    figures = {f"http_{key}": value for key, value in http.items()}
    figures |= {f"service_{key}": value for key, value in service.items()}
    figures["wrong"] = http["wrong"] + service["wrong"]
    all_raced = http["tickets"] == TICKETS and service["tickets"] == SERVICE_TICKETS
    return Report("race", figures, BUDGET, all_raced and not figures["wrong"])


async def _signals(db: Database, points: Sequence[Point]) -> list[Signal]:
    async with db.reading() as session:
        row = (await session.execute(sql("SELECT community_id, grid_id FROM device LIMIT 1"))).one()
    return [
        Signal(
            f"{point.id}:smoke", "smoke", "life", row.community_id, row.grid_id, point.id,
            active=True, ts=utcnow(),
        )
        for point in points
    ]  # fmt: skip


async def _over_http(
    place: Ground, db: Database, points: list[Point], *, ends: float
) -> dict[str, int]:
    """Let everybody press every card, five hundred times, through four processes."""
    signals = await _signals(db, points)
    await db.run(lambda session: alarms.apply(session, signals, now=utcnow()))
    await _deliver(place, db)
    ports = [free_port() for _ in range(PROCESSES)]
    # The first one fits the intent model and keeps it; those after it find it in their folder.
    _start(place, ports[:1])
    _start(place, ports[1:])
    bearers = await logins(db, list(points[0].workers), now=utcnow())
    http = clients(ports)
    hands = [Hand(http[n % PROCESSES], bearer) for n, bearer in enumerate(bearers)]
    buttons = [await hand.buttons() for hand in hands]
    left, verdicts = iter(buttons[0]), list[Verdict]()
    began = time.monotonic()

    async def lane() -> None:
        for ticket in left:
            if time.monotonic() > ends:
                return
            verdicts.append(await race(hands, [own[ticket] for own in buttons]))

    await asyncio.gather(*(lane() for _ in range(AT_ONCE)))
    took = time.monotonic() - began
    await _close(place, http, ports)
    return {
        "tickets": len(verdicts),
        "clicks_per_s": round(len(verdicts) * HANDS / took),
        "wrong": sum(not _fair(verdict) for verdict in verdicts) + await _doubled(db),
    }


async def _deliver(place: Ground, db: Database) -> None:
    """Let the product's own processes show every card, on both cores."""
    senders = [f"sender-{number}" for number in range(SENDERS)]
    for name in senders:
        place.worker(name, "outbox")
    waiting = sql("SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'due')")
    while True:
        async with db.reading() as session:
            if not (await session.execute(waiting)).scalar_one():
                break
        await asyncio.sleep(0.2)
    for name in senders:
        place.children.stop(name)


def _start(place: Ground, ports: list[int]) -> None:
    for port in ports:
        place.bot(f"bot-{port}", port)
    for port in ports:
        wait_until(lambda p=port: answers(f"http://127.0.0.1:{p}/healthz"), 40, f"bot-{port}")  # type: ignore[misc]


async def _close(place: Ground, http: list[httpx.AsyncClient], ports: list[int]) -> None:
    for client in http:
        await client.aclose()
    for port in ports:
        place.children.stop(f"bot-{port}")


def _fair(verdict: Verdict) -> bool:
    """Tell whether one has it and all the others read who."""
    name = f"网格员{verdict.winners[0]:02d}" if len(verdict.winners) == 1 else ""
    told = [name in refusal for refusal in verdict.refusals]
    return bool(name) and len(told) == HANDS - 1 and all(told)


async def _doubled(db: Database) -> int:
    """Count tickets without exactly one acknowledgement."""
    async with db.reading() as session:
        found = await session.execute(
            sql(
                """
                SELECT count(*) FROM ticket t WHERE t.status <> 'open' AND 1 <>
                    (SELECT count(*) FROM ticket_event e
                     WHERE e.ticket_id = t.id AND e.kind = 'acked' AND e.person_id = t.acked_by)
                """
            )
        )
        return int(found.scalar_one())


async def _at_service(
    place: Ground, db: Database, people: tuple[UUID, ...], *, ends: float
) -> dict[str, int]:
    """Let everybody call the service for each of ten thousand tickets, four tickets at a time."""
    tickets = await db.run(lambda session: _tickets(session, SERVICE_TICKETS))
    given = place.settings
    shares = [
        Share(
            given.database_url, given.redis_url, given.data_keys.get_secret_value(), people,
            tickets[number::PROCESSES], max(ends - time.monotonic(), 0),
        )
        for number in range(PROCESSES)
    ]  # fmt: skip
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
        loop = asyncio.get_running_loop()
        raced = await asyncio.gather(
            *(loop.run_in_executor(pool, _process, share) for share in shares)
        )
    done = sum(one.tickets for one in raced)
    return {
        "tickets": done,
        "calls_per_s": round(done * HANDS / max(one.seconds for one in raced)),
        "wrong": sum(one.wrong for one in raced) + await _doubled(db),
    }


def _process(share: Share) -> Raced:
    use_keyring(Keyring.parse(share.keys))
    return uvloop.run(_share(share))


async def _share(share: Share) -> Raced:
    bus = RedisBus(share.redis)
    db = Database(share.database, bus=bus, pool=HANDS)
    wrong = done = 0
    try:
        async with db.reading() as session:
            workers = [await actors.actor(session, who) for who in share.people]
        began = time.monotonic()
        for ticket in share.tickets:
            if time.monotonic() - began > share.seconds:
                break
            won = await asyncio.gather(*(_calls(db, worker, ticket) for worker in workers))
            wrong += sum(won) != 1
            done += 1
        return Raced(done, wrong, time.monotonic() - began)
    finally:
        await db.aclose()
        await bus.aclose()


async def _calls(db: Database, worker: Actor, ticket: UUID) -> bool:
    try:
        await db.run(
            lambda session: answer.acknowledge(session, worker, ticket=ticket, now=utcnow())
        )
    except UserError:
        return False
    return True


async def _tickets(session: Session, count: int) -> list[UUID]:
    """Write open tickets of one grid that nobody has a card of."""
    ids = [uuid7() for _ in range(count)]
    await session.execute(
        sql(
            """
            INSERT INTO ticket (id, community_id, grid_id, key, what, severity, status, epoch,
                                version, opened_at, alarm_at, chain, step)
            SELECT w.id, d.community_id, d.grid_id, 'race:' || w.id, 'smoke', 'life', 'open', 1, 1,
                   :now, :now, '[]', 0
            FROM unnest(CAST(:ids AS uuid[])) AS w(id),
                 (SELECT community_id, grid_id FROM device LIMIT 1) AS d
            """
        ),
        {"ids": ids, "now": utcnow()},
    )
    await session.execute(
        sql(
            """
            INSERT INTO ticket_event (community_id, ticket_id, epoch, at, kind, data)
            SELECT community_id, id, 1, opened_at, 'opened', '{}' FROM ticket
            WHERE key LIKE 'race:%'
            """
        )
    )
    return ids
