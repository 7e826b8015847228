"""Alarms against a model: whatever devices say in whatever order, twice or late, both stand the same.

Two flats hear the same: one in order, the other shuffled and with repetitions.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.actor import Actor, Grant, Role, ScopeKind
from core.crypto import open_json
from core.db import Database, Session, sql
from core.errors import UserError
from core.reading import Reading
from models import RuleKind, Severity
from services import away
from services.ingest import batch, partitions
from services.ingest.registry import Registry
from services.rules import change, enrol, timers
from services.rules.book import Book
from services.rules.draft import Draft
from services.tickets import answer, escalation
from services.tickets.answer import Found, Seen
from tests import make

T = TypeVar("T")
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_slugs = count(1)
METRICS = ("smoke", "gas", "water_leak")
SAID = st.lists(
    st.tuples(st.sampled_from(METRICS), st.booleans(), st.integers(-30, 0)), min_size=1, max_size=6
)


class Alarms(RuleBasedStateMachine):
    """Two flats with smoke, gas and leak detectors, an elder who may be away, and a worker."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.url = url
        self.now = START
        self.book = Book()
        self.registry = Registry()
        self.numbers = count(1)
        self.newest: dict[str, tuple[datetime, bool]] = {}
        self.said: set[str] = set()

    def run(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Do something in a transaction of its own."""
        return self.runner.run(self.db.run(work))

    def fetch(self, statement: str) -> Sequence[Any]:
        """Look into the community of this run."""

        async def work(session: Session) -> Sequence[Any]:
            return (await session.execute(sql(statement), {"c": self.community})).all()

        return self.run(work)

    @initialize()
    def found(self) -> None:
        """Begin with nothing alarming."""

        async def build(session: Session) -> None:
            await partitions.ensure(session, now=START)
            self.slug = f"alarms-{next(_slugs)}"
            place = await make.community(session, slug=self.slug)
            self.community = place.id
            await make.rule(session, place.id, "water_leak", severity=Severity.PROPERTY)
            grid = await make.grid(session, place.id)
            self.elder = (await make.person(session, "陈桂芳")).id
            worker = (await make.person(session, "王建国")).id
            await make.membership(session, worker, Role.WORKER, where=place.id, grid_id=grid.id)
            await make.shift(session, worker, grid, duty="worker", now=START)
            for name in ("in order", "shuffled"):
                flat = await make.home(session, grid, label=name, name=name)
                if name == "in order":
                    await make.residence(session, self.elder, flat, elder=True)
                for metric in METRICS:
                    await make.device(
                        session, "smoke" if metric == "smoke" else "gas", where=grid, at=flat,
                        protects=[self.elder], source="linling", external=f"{self.slug} {name} {metric}",
                    )  # fmt: skip
            self.worker = _staff(Role.WORKER, worker, place.id, grid.id)
            self.operator = _staff(Role.OPERATOR, worker, place.id, place.id)

        self.db = Database(self.url, pool=2)
        self.run(build)

    @rule(said=SAID, chance=st.randoms(use_true_random=False))
    def devices_speak(self, said: list[tuple[str, bool, int]], chance: Random) -> None:
        """Let both flats say the same: one by time, one shuffled, repeated and in pieces."""
        self.now += timedelta(seconds=40)
        spoken = [
            (f"e{next(self.numbers)}", metric, value, self.now + timedelta(seconds=ago))
            for metric, value, ago in said
        ]
        spoken = list(
            {(metric, ts): (e, metric, value, ts) for e, metric, value, ts in spoken}.values()
        )
        self._publish("in order", sorted(spoken, key=lambda one: one[3]))
        mixed = spoken + chance.sample(spoken, len(spoken) // 2)
        chance.shuffle(mixed)
        middle = len(mixed) // 2
        self._publish("shuffled", mixed[:middle])
        self._publish("shuffled", mixed[middle:])
        for _, metric, value, ts in spoken:
            if metric not in self.newest or ts > self.newest[metric][0]:
                self.newest[metric] = (ts, value)
            if value:
                self.said.add(metric)

    def _publish(self, flat: str, spoken: Sequence[tuple[str, str, bool, datetime]]) -> None:
        if not spoken:
            return
        messages = [
            batch.Message(
                community=self.slug,
                readings=(
                    Reading("linling", f"{self.slug} {flat} {metric}", metric, value, None, ts, event),
                ),
                digest=event.encode(), retained=False, received=self.now,
            )
            for event, metric, value, ts in spoken
        ]  # fmt: skip
        self.run(lambda s: batch.apply(s, self.registry, messages, now=self.now))

    @rule()
    def a_worker_finishes_everything(self) -> None:
        """Take and resolve whatever is open."""
        self.now += timedelta(seconds=1)
        rows = self.fetch("SELECT id FROM ticket WHERE community_id = :c AND status = 'open'")

        async def work(session: Session) -> None:
            for row in rows:
                await answer.acknowledge(session, self.worker, ticket=row.id, now=self.now)
                await answer.resolve(
                    session, self.worker, ticket=row.id, found=Found.REAL_HANDLED,
                    seen=Seen.IN_PERSON, note=None, photo=None, now=self.now,
                )  # fmt: skip

        self.run(work)

    @rule(minutes=st.sampled_from([1, 5, 20, 300]))
    def time_passes(self, minutes: int) -> None:
        """Sweep what falls due."""
        self.now += timedelta(minutes=minutes)
        while self.run(lambda s: escalation.sweep(s, now=self.now)) == escalation.BATCH:
            pass
        self.run(lambda s: enrol.keep_up(s, now=self.now))
        self.run(lambda s: timers.sweep(s, self.book, now=self.now))

    @rule(days=st.integers(1, 20))
    def the_elder_goes_away(self, days: int) -> None:
        """Being away hushes absences alone."""
        today = self.now.date()
        self.run(
            lambda s: away.leave(
                s, self.operator, person=self.elder, begins=today,
                ends=today + timedelta(days=days), now=self.now,
            )
        )  # fmt: skip

    @rule(
        draft=st.builds(
            Draft,
            key=st.sampled_from(["smoke", "gas"]),
            kind=st.sampled_from(list(RuleKind)),
            metric=st.sampled_from(["smoke", "gas"]),
            limit=st.sampled_from([0.5, 1.0, 2.0]),
            severity=st.sampled_from(list(Severity)),
            span=st.integers(0, 600).map(lambda s: timedelta(seconds=s)),
            times=st.just(2),
            enabled=st.booleans(),
            schedule=st.sampled_from([(), ({"from": "08:00", "to": "09:00"},)]),
        )
    )
    def an_operator_changes_a_life_rule(self, draft: Draft) -> None:
        """Whatever is tried: it is refused, or the next alarm rings all the same."""
        try:
            self.run(
                lambda s: change.change(
                    s, self.operator, draft, community=self.community, now=self.now
                )
            )
        except UserError:
            return
        assert (draft.kind, draft.severity) == (RuleKind.THRESHOLD, Severity.LIFE)
        assert draft.metric == draft.key
        assert draft.enabled
        assert not draft.schedule
        assert draft.limit <= 1
        self.registry.read_at = None

    @invariant()
    def one_live_ticket_per_key(self) -> None:
        """Never two."""
        live = self.fetch("SELECT key FROM ticket WHERE community_id = :c AND status <> 'closed'")
        assert len({row.key for row in live}) == len(live)

    @invariant()
    def both_flats_stand_the_same(self) -> None:
        """Order and repetition do not matter: alive or not, alarming or recovered."""
        flats = self._flats()
        assert flats["in order"] == flats["shuffled"]

    @invariant()
    def what_alarms_is_red_and_what_is_not_has_recovered(self) -> None:
        """Hold every ticket against the newest reading of its device."""
        flat = self._flats()["in order"]
        for metric, (_, alarms) in self.newest.items():
            if alarms:
                assert flat[metric] == ("live", "alarming")
            else:
                assert flat.get(metric, ("live", "recovered")) == ("live", "recovered")

    @invariant()
    def no_alarm_of_a_life_waits(self) -> None:
        """Every life ticket was opened with its reading and its cards are due at once."""
        late = self.fetch(
            """
            SELECT t.id FROM ticket t LEFT JOIN outbox o ON o.object_id = t.id
            WHERE t.community_id = :c AND t.severity = 'life'
              AND (o.id IS NULL OR o.due_at > o.created_at OR t.opened_at - t.alarm_at > interval '1 minute'
                   OR (t.status = 'open' AND t.next_escalation_at IS NULL))
            """
        )
        assert not late
        told = {
            row.what
            for row in self.fetch("SELECT DISTINCT what FROM ticket WHERE community_id = :c")
        }
        assert self.said <= told

    def _flats(self) -> dict[str, dict[str, tuple[str, str]]]:
        rows = self.fetch(
            """
            SELECT d.external, t.what, t.recovered_at FROM ticket t JOIN device d ON d.id = t.device_id
            WHERE t.community_id = :c AND t.status <> 'closed'
            """
        )
        found: dict[str, dict[str, tuple[str, str]]] = {"in order": {}, "shuffled": {}}
        for row in rows:
            name = open_json(row.external, "device.external")
            flat = "in order" if " in order " in name else "shuffled"
            found[flat][row.what] = ("live", "recovered" if row.recovered_at else "alarming")
        return found

    def teardown(self) -> None:
        """Close what was opened."""
        if hasattr(self, "db"):
            self.runner.run(self.db.aclose())
        self.runner.close()


def _staff(role: Role, person: UUID, community: UUID, scope: UUID) -> Actor:
    kind = ScopeKind.GRID if role is Role.WORKER else ScopeKind.COMMUNITY
    return Actor(person, "王建国", (Grant(role, community, kind, scope),))


def test_alarms_hold_whatever_devices_and_people_do(db_url: str) -> None:
    """One live alarm per key; cleared and reopened right; no life alarm late, grouped or hushed."""

    class Here(Alarms):
        def __init__(self) -> None:
            super().__init__(db_url)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12, stateful_step_count=12, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip
