"""A community's own escalation: versions that only grow; what a ticket has keeps what it had."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.actor import Actor
from core.db import Session, sql
from core.errors import StaleError, UserError
from core.ids import uuid7
from services import audit
from services.permissions import At, Permission, require
from services.tickets.chain import DEFAULTS, Chain, Watch

DUTIES = frozenset({"worker", "backup", "lead", "all"})
_LONGEST_CHAIN = 10
_A_DAY = 86_400
_TIMES = ("arrive_s", "again_s", "quiet_s")
# A life waits no longer than DESIGN's times, whatever a community prefers.
_LIFE_FIRST, _LIFE_AGAIN, _LIFE_ARRIVES = 90, 180, 900


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to be in force for one kind of ticket."""

    key: str
    chain: Chain
    watch: Watch


async def change(
    session: Session, by: Actor, draft: Draft, *,
    community: UUID, now: datetime, seen: int | None = None,
) -> int:  # fmt: skip
    """Put a version in force for tickets that open or are taken from now on; returns its number.

    Raises UserError with a key `policy-…` that says what can't be meant, and StaleError where a
    newer version is in force than the one that was `seen`.
    """
    require(by, Permission.RULES_WRITE, At(community))
    check(draft)
    await session.execute(
        sql("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"),
        {"name": f"policy:{community}:{draft.key}"},
    )
    if seen is not None:
        (now_in_force,) = [
            one
            for one in await in_force(session, by, community=community)
            if one["key"] == draft.key
        ]
        if now_in_force["version"] != seen:
            there = {name: now_in_force[name] for name in ("chain", "watch")}
            raise StaleError("form-stale", values=there, version=now_in_force["version"])
    policy = uuid7()
    made = await session.execute(
        sql(
            """
            INSERT INTO policy (id, community_id, key, version, chain, watch, created_at, created_by)
            SELECT :id, CAST(:community AS uuid), CAST(:key AS text), coalesce(max(version), 0) + 1,
                   CAST(:chain AS jsonb), CAST(:watch AS jsonb), :now, :by
            FROM policy WHERE community_id = :community AND key = :key RETURNING version
            """
        ),
        {
            "id": policy, "community": community, "key": draft.key, "now": now, "by": by.person,
            "chain": orjson.dumps(draft.chain).decode(),
            "watch": orjson.dumps(draft.watch).decode(),
        },
    )  # fmt: skip
    version = int(made.scalar_one())
    audit.note(
        session, by, Permission.RULES_WRITE, community=community, now=now, thing=policy,
        reason=f"{draft.key} v{version}",
    )  # fmt: skip
    return version


async def in_force(session: Session, by: Actor, *, community: UUID) -> list[dict[str, Any]]:
    """List what is in force for every kind of ticket; version 0 is the default."""
    require(by, Permission.RULES_READ, At(community))
    rows = await session.execute(
        sql(
            """
            SELECT DISTINCT ON (key) key, version, chain, watch, created_at FROM policy
            WHERE community_id = :community ORDER BY key, version DESC
            """
        ),
        {"community": community},
    )
    own = {row.key: row for row in rows}
    return [
        {
            "key": key, "version": own[key].version if key in own else 0,
            "chain": own[key].chain if key in own else default["chain"],
            "watch": own[key].watch if key in own else default["watch"],
            "since": own[key].created_at.isoformat() if key in own else None,
        }
        for key, default in DEFAULTS.items()
    ]  # fmt: skip


def check(draft: Draft) -> None:
    """Raise UserError for a draft that is unknown, can't be read, or lets a life wait longer."""
    if draft.key not in DEFAULTS:
        raise UserError("policy-unknown", status=404)
    default = DEFAULTS[draft.key]
    if bool(draft.chain) != bool(default["chain"]) or not _readable(draft.chain):
        raise UserError("policy-chain", status=422)
    if [bool(step.get("asks")) for step in draft.chain[:1]] != [
        bool(step.get("asks")) for step in default["chain"][:1]
    ]:
        raise UserError("policy-asks", status=422)
    if draft.watch.keys() != default["watch"].keys() or not all(
        0 < seconds <= _A_DAY for seconds in draft.watch.values()
    ):
        raise UserError("policy-watch", status=422, names=", ".join(_TIMES))
    if draft.key == "life" and _slow(draft):
        raise UserError("policy-slow", status=422)


def _readable(chain: Chain) -> bool:
    """Tell whether the steps follow each other, reach somebody, and the last one comes again."""
    if not chain:
        return True
    *once, last = chain
    waits: list[int] = [step.get("after_s", 0) for step in once]
    return (
        1 < len(chain) <= _LONGEST_CHAIN
        and all(0 < wait <= _A_DAY for wait in waits)
        and waits == sorted(set(waits))
        and isinstance(last.get("every_s"), int)
        and 0 < last["every_s"] <= _A_DAY
        and all(_reaches(step.get("to")) for step in chain)
        and all(step.keys() <= {"after_s", "to", "asks"} for step in once)
        and last.keys() == {"every_s", "to"}
        and not any(step.get("asks") for step in chain[1:])
    )


def _reaches(to: Any) -> bool:
    return isinstance(to, Sequence) and bool(to) and set(to) <= DUTIES


def _slow(draft: Draft) -> bool:
    last = draft.chain[-1]
    waits = [step["after_s"] for step in draft.chain[:-1]]
    everybody = next((step["after_s"] for step in draft.chain[:-1] if "all" in step["to"]), _A_DAY)
    return (
        waits[0] > _LIFE_FIRST
        or everybody > _LIFE_AGAIN
        or last["every_s"] > _LIFE_AGAIN
        or "all" not in last["to"]
        or draft.watch["arrive_s"] > _LIFE_ARRIVES
    )
