"""The ledger against a model: whatever comes in whatever order, both stand the same."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import count
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

from core.actor import CLOCK
from core.clock import utcnow
from core.db import Database, Session, sql
from core.errors import UserError
from models import AccountKind
from services.points import ledger
from services.points.ledger import AccountRef, Transfer
from tests import make

T = TypeVar("T")
_slugs = count(1)
_places = st.integers(0, 7)
_keys = st.integers(0, 12).map("key {}".format)


class Points(RuleBasedStateMachine):
    """Three residents, their holds, a merchant, what was donated and what was issued."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.url = url
        self.balances: Counter[AccountRef] = Counter()
        self.done: dict[str, tuple[list[Any], UUID]] = {}
        self.moves: dict[UUID, tuple[AccountRef, AccountRef, int]] = {}
        self.reversed: set[UUID] = set()
        self.corrections: set[UUID] = set()

    def run(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Do something in a transaction of its own."""
        return self.runner.run(self.db.run(work))

    @initialize()
    def found(self) -> None:
        """Begin with a community in which nobody has anything."""

        async def build(session: Session) -> tuple[UUID, list[AccountRef]]:
            place = await make.community(session, slug=f"model-{next(_slugs)}")
            people = [(await make.person(session, f"居民{n}")).id for n in range(3)]
            shop = (await make.person(session, "店家")).id
            return place.id, [
                ledger.ISSUANCE,
                *(ledger.resident(one) for one in people),
                *(ledger.hold(one) for one in people[:2]),
                AccountRef(AccountKind.MERCHANT_PAYABLE, shop),
                AccountRef(AccountKind.DONATED),
            ]

        async def open_database() -> Database:
            return Database(self.url, pool=1)

        self.db = self.runner.run(open_database())
        self.community, self.accounts = self.run(build)

    @rule(giver=_places, taker=_places, amount=st.integers(1, 40), key=_keys)
    def move(self, giver: int, taker: int, amount: int, key: str) -> None:
        """Move points, now and then under a key that was used before."""
        debit, credit = self.accounts[giver], self.accounts[taker]
        if debit == credit:
            return
        body = [debit, credit, amount]

        async def work(session: Session) -> Transfer:
            return await ledger.transfer(
                session, community=self.community, debit=debit, credit=credit, amount=amount,
                reason="grant", key=key, by=CLOCK, now=utcnow(),
            )  # fmt: skip

        wanted = self._expected(key, body, debit, amount)
        self._applied(wanted, self._tried(work), key, body, (debit, credit, amount))

    @rule(which=st.integers(0, 30), key=_keys)
    def undo(self, which: int, key: str) -> None:
        """Reverse some transfer, now and then one that was reversed or reverses itself."""
        if not self.moves:
            return
        target = list(self.moves)[which % len(self.moves)]
        debit, credit, amount = self.moves[target]
        body = ["reverse", target]

        async def work(session: Session) -> Transfer:
            return await ledger.reverse(
                session, community=self.community, transfer=target, key=key, by=CLOCK,
                now=utcnow(),
            )  # fmt: skip

        wanted = self._expected(key, body, credit, amount)
        if target in self.corrections:
            wanted = "points-not-reversible"
        elif key not in self.done and target in self.reversed:
            wanted = "points-already-reversed"
        got = self._tried(work)
        if self._applied(wanted, got, key, body, (credit, debit, amount)):
            assert isinstance(got, Transfer)
            self.reversed.add(target)
            self.corrections.add(got.id)

    def _expected(self, key: str, body: list[Any], debit: AccountRef, amount: int) -> str | UUID:
        """Say what the model answers: a refusal, the first result again, or "moved"."""
        if key in self.done:
            return self.done[key][1] if self.done[key][0] == body else "points-key-reused"
        if debit.kind is not AccountKind.ISSUANCE and self.balances[debit] < amount:
            return "points-too-few"
        return "moved"

    def _tried(self, work: Callable[[Session], Awaitable[Transfer]]) -> Transfer | str:
        try:
            return self.run(work)
        except UserError as error:
            return error.key

    def _applied(
        self, wanted: str | UUID, got: Transfer | str, key: str, body: list[Any],
        move: tuple[AccountRef, AccountRef, int],
    ) -> bool:  # fmt: skip
        """Hold the ledger's answer against the model's; tell whether points moved."""
        if wanted != "moved":
            assert wanted == (got.id if isinstance(got, Transfer) else got)
            return False
        assert isinstance(got, Transfer), got
        assert not got.repeated
        debit, credit, amount = move
        self.done[key] = (body, got.id)
        self.moves[got.id] = move
        self.balances[debit] -= amount
        self.balances[credit] += amount
        return True

    @invariant()
    def both_stand_the_same(self) -> None:
        """Balances, their replay and the model agree; nothing is lost, nothing below zero."""

        async def read(session: Session) -> list[Any]:
            rows = await session.execute(
                sql(
                    """
                    SELECT a.kind, a.person_id, a.balance, coalesce(sum(p.amount), 0) AS replayed
                    FROM account a LEFT JOIN posting p ON p.account_id = a.id
                    WHERE a.community_id = :community GROUP BY a.id
                    """
                ),
                {"community": self.community},
            )
            return list(rows)

        rows = self.run(read)
        assert all(row.balance == row.replayed for row in rows)
        assert all(row.balance >= 0 or row.kind == "issuance" for row in rows)
        assert sum(row.balance for row in rows) == 0
        seen = {AccountRef(AccountKind(row.kind), row.person_id): row.balance for row in rows}
        assert {k: v for k, v in seen.items() if v} == {k: v for k, v in self.balances.items() if v}

    def teardown(self) -> None:
        """Close the database."""
        if hasattr(self, "db"):
            self.runner.run(self.db.aclose())
        self.runner.close()


def test_the_ledger_stands_as_its_model_does(db_url: str) -> None:
    """Conservation, no negatives, keys that count once, reversal at most once, replay."""

    class Here(Points):
        def __init__(self) -> None:
            super().__init__(db_url)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck), database=None,
        ),
    )  # fmt: skip
