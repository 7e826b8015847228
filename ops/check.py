"""The invariants, as SQL that counts what breaks them; a count of zero everywhere is proof."""

from datetime import datetime, timedelta
from typing import Any

from core.crypto import SealBrokenError, keyring
from core.db import Session, sql
from ops.invariants.books import BOOKS
from ops.invariants.tickets import TICKETS
from services import looks, readiness

INVARIANTS = (*TICKETS, *BOOKS)
SEALED = (
    ("person", "name"), ("person", "phone"), ("person", "id_number"), ("person", "sex"),
    ("person", "born"), ("person", "needs"), ("home", "label"), ("residence", "groups"),
    ("residence", "relation"), ("family_link", "relation"), ("contact", "name"),
    ("contact", "phone"), ("contact", "relation"), ("binding", "relation"), ("binding", "said"),
    ("shop_report", "said"), ("shop_miss", "word"),
    ("access_entry", "reason"), ("credential", "totp_secret"), ("broken_glass", "reason"),
    ("device", "place"), ("device", "external"), ("ticket", "place"), ("ticket", "people"), ("silence", "reason"),
    ("ticket_event", "note"),
    ("conversation", "flow"), ("conversation", "place"), ("conversation", "search"),
    ("outbox", "payload"),
    ("mailbox_item", "card"),
    ("button", "args"), ("dead_letter", "topic"), ("dead_letter", "payload"),
    ("emergency", "elders"), ("emergency", "said"), ("handover_message", "text"),
    ("channel_account", "external"), ("unknown_device", "external"),
    ("unknown_device", "model"), ("unknown_device", "gateway"),
    ("unknown_key", "key"), ("wrong_clock", "claimed"), ("device_request", "said"),
    ("redemption", "secret"), ("inbound", "reply"), ("vendor_message", "receipt"),
    ("watch_handover", "note"), ("mute", "reason"), ("last_card", "card"), ("last_card", "rest"), ("access_token", "token"),
)  # fmt: skip
_SAMPLE = 20
_PAGES = 200
_WALKED = 1000


async def run(session: Session, *, now: datetime) -> list[dict[str, Any]]:
    """Check every invariant; each result says how many rows break it and names some.

    Raises ValueError on a database that was never migrated.
    """
    if "migration" in await readiness.missing(session, now=now, stale=timedelta(0)):
        raise ValueError("the database is not at the newest revision: run `./dev migrate` first")
    results = []
    for one in INVARIANTS:
        given = {"now": now} if ":now" in one.broken else {}
        rows = (await session.execute(sql(one.broken), given)).all()
        results.append(
            {
                "name": one.name,
                "says": one.says,
                "broken": len(rows),
                "examples": [str(row[0]) for row in rows[:_SAMPLE]],
            }
        )
    return [*results, await _access_log(session), await _sealed(session)]


async def _access_log(session: Session) -> dict[str, Any]:
    """Walk the newest entries of every community's chain; `ops audit verify` walks them all."""
    broken: list[str] = []
    for community, slug in await looks.communities(session):
        proof = await looks.verify(session, community, last=_WALKED)
        if proof.broken is not None:
            broken.append(f"{slug} {proof.broken}")
    return {
        "name": "access_log_whole",
        "says": "the access log's chain is whole",
        "broken": len(broken),
        "examples": broken,
    }


async def _pages(session: Session) -> dict[str, int]:
    """Say how large each table is, so that of a large one only a few pages are read."""
    rows = await session.execute(
        sql(
            """
            SELECT t AS name, pg_relation_size(t::regclass) / 8192 AS pages
            FROM unnest(CAST(:tables AS text[])) AS t
            """
        ),
        {"tables": sorted({table for table, _ in SEALED})},
    )
    return {row.name: row.pages for row in rows}


async def _sealed(session: Session) -> dict[str, Any]:
    """Take samples of each sealed column: they must open with our keys and in their column."""
    broken: list[str] = []
    pages = await _pages(session)
    for table, column in SEALED:
        share = min(100.0, 100.0 * _PAGES / max(pages[table], 1))
        rows = await session.execute(
            sql(
                f"SELECT {column} AS value FROM {table} TABLESAMPLE SYSTEM ({share}) "  # noqa: S608  (names from SEALED)
                f"WHERE {column} IS NOT NULL ORDER BY random() LIMIT {_SAMPLE}"
            )
        )
        for row in rows:
            try:
                keyring().open(bytes(row.value), f"{table}.{column}")
            except SealBrokenError:
                broken.append(f"{table}.{column}")
    return {
        "name": "sealed",
        "says": "sealed fields open with our keys alone",
        "broken": len(broken),
        "examples": sorted(set(broken)),
    }
