"""The ledger: once per key, never below zero, corrected once; and what PostgreSQL refuses."""

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from core.actor import CLOCK, Actor, Grant, Role, ScopeKind
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from models import AccountKind
from services.points import ledger
from services.points.ledger import ISSUANCE, AccountRef, Transfer
from tests.world import World


async def give(world: World, who: UUID, amount: int, *, key: str = "given") -> Transfer:
    """Issue points to somebody."""
    return await world.db.run(
        lambda s: ledger.transfer(
            s, community=world.community, debit=ISSUANCE, credit=ledger.resident(who),
            amount=amount, reason="grant", key=key, by=CLOCK, now=world.now,
        )
    )  # fmt: skip


async def balances(world: World) -> dict[tuple[str, UUID | None], int]:
    """Read every account."""
    rows = await world.fetch("SELECT kind, person_id, balance FROM account")
    return {(row.kind, row.person_id): row.balance for row in rows}


async def refused(work: Callable[[], Coroutine[Any, Any, object]]) -> tuple[str, int]:
    """Tell with which key and status a person is refused."""
    with pytest.raises(UserError) as error:
        await work()
    return error.value.key, error.value.status


async def test_the_same_key_counts_once_and_another_body_is_a_conflict(world: World) -> None:
    """A repeated request gets the first result; a key can't be used for something else."""
    who = world.person("resident").id
    first = await give(world, who, 30)
    again = await give(world, who, 30)
    assert (again.id, again.repeated, first.repeated) == (first.id, True, False)
    assert await refused(lambda: give(world, who, 31)) == ("points-key-reused", 409)
    assert await balances(world) == {("issuance", None): -30, ("resident", who): 30}


async def test_nobody_spends_more_than_they_have(world: World) -> None:
    """The refusal names both figures and leaves nothing behind."""
    who = world.person("resident").id
    await give(world, who, 30)

    async def spend() -> Transfer:
        return await world.db.run(
            lambda s: ledger.transfer(
                s, community=world.community, debit=ledger.resident(who),
                credit=ledger.hold(who), amount=31, reason="hold", key="spent", by=CLOCK,
                now=world.now,
            )
        )  # fmt: skip

    with pytest.raises(UserError) as error:
        await spend()
    assert error.value.key == "points-too-few"
    assert error.value.args_for_words == {"have": 30, "need": 31}
    assert (await balances(world))["resident", who] == 30


async def test_a_spent_transfer_is_found_again_though_the_balance_is_gone(world: World) -> None:
    """A retry after the answer was lost is no second spending and no "too few"."""
    who = world.person("resident").id
    await give(world, who, 30)

    async def spend(session: Session) -> Transfer:
        return await ledger.transfer(
            session, community=world.community, debit=ledger.resident(who),
            credit=AccountRef(AccountKind.DONATED), amount=30, reason="donated", key="all",
            by=CLOCK, now=world.now,
        )  # fmt: skip

    first = await world.db.run(spend)
    assert (await world.db.run(spend)).id == first.id
    assert (await balances(world))["donated", None] == 30


async def test_a_transfer_is_reversed_once_and_only_while_the_points_are_there(
    world: World,
) -> None:
    """A correction is a new transfer; it can't itself be reversed, nor take what was spent."""
    who, boss = world.person("resident").id, world.person("operator").id
    by = Actor(boss, "", (Grant(Role.OPERATOR, world.community, ScopeKind.COMMUNITY, uuid7()),))
    given = await give(world, who, 30)

    async def undo(transfer: UUID, key: str, who: Actor = by) -> Transfer:
        return await world.db.run(
            lambda s: ledger.reverse(
                s, community=world.community, transfer=transfer, key=key, by=who, now=world.now
            )
        )

    nobody = Actor(who, "")
    assert await refused(lambda: undo(given.id, "undo", nobody)) == ("not-allowed", 403)
    back = await undo(given.id, "undo")
    assert (await undo(given.id, "undo")).id == back.id
    assert await refused(lambda: undo(given.id, "twice")) == ("points-already-reversed", 409)
    assert await refused(lambda: undo(back.id, "back")) == ("points-not-reversible", 409)
    assert await refused(lambda: undo(uuid7(), "none")) == ("points-transfer-unknown", 404)
    assert await balances(world) == {("issuance", None): 0, ("resident", who): 0}


async def test_an_attendance_is_credited_once_by_staff_alone(world: World) -> None:
    """The worker who approves twice credits once; a resident can't credit anybody."""
    who, activity = world.person("resident").id, uuid7()
    worker = (Grant(Role.WORKER, world.community, ScopeKind.GRID, world.grid),)

    async def credit(by: Actor) -> Transfer:
        return await world.db.run(
            lambda s: ledger.credit_attendance(
                s, community=world.community, person=who, amount=20, activity=activity, by=by,
                now=world.now,
            )
        )  # fmt: skip

    assert await refused(lambda: credit(Actor(who, ""))) == ("not-allowed", 403)
    first = await credit(Actor(world.person("worker").id, "", worker))
    assert (await credit(Actor(world.person("backup").id, "", worker))).id == first.id
    assert (await balances(world))["resident", who] == 20


TAMPERING = {
    "raise a balance": "UPDATE account SET balance = balance + 1",
    "change a posting": "UPDATE posting SET amount = amount + 1",
    "drop a posting": "DELETE FROM posting",
    "change a transfer": "UPDATE transfer SET reason = 'donated'",
    "drop a transfer": "DELETE FROM transfer",
    "open an account with points": """
        INSERT INTO account (id, community_id, kind, balance)
        SELECT gen_random_uuid(), community_id, 'donated', 5 FROM account LIMIT 1
        """,
    "add one side": """
        INSERT INTO posting (community_id, transfer_id, account_id, amount)
        SELECT community_id, transfer_id, account_id, 5 FROM posting WHERE amount > 0
        """,
    "add no side": """
        INSERT INTO transfer (id, community_id, key, digest, reason, at, data)
        SELECT gen_random_uuid(), community_id, 'alone', digest, reason, at, data FROM transfer
        """,
    "go below zero": """
        INSERT INTO posting (community_id, transfer_id, account_id, amount)
        SELECT community_id, transfer_id, account_id, -2 * amount FROM posting
        """,
}


@pytest.mark.parametrize("statement", TAMPERING.values(), ids=TAMPERING)
async def test_the_database_refuses_what_no_transfer_does(world: World, statement: str) -> None:
    """Whoever writes past the service can't move a balance, unbalance or rewrite the log."""
    who = world.person("resident").id
    await give(world, who, 30)

    async def tamper(session: Session) -> None:
        await session.execute(sql(statement))

    with pytest.raises(DBAPIError):
        await world.db.run(tamper)
    assert await balances(world) == {("issuance", None): -30, ("resident", who): 30}
