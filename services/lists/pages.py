"""What every list shares: what was asked for, whose rows, pages by their keys."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from core.actor import Actor
from core.db import Session, sql
from core.errors import UserError
from services.permissions import Permission, reach

LONGEST = 100
WORDS = 40  # characters that are searched for


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a list is wanted: words, filters by their codes, the place after which it goes on."""

    community: UUID
    words: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    after: str = ""
    limit: int = 50

    def one(self, name: str) -> str | None:
        """Read a filter; None where everything is wanted."""
        return self.filters.get(name) or None

    def id(self, name: str) -> UUID | None:
        """Read a filter that names an object; raises UserError (422) for what is no id."""
        text = self.one(name)
        try:
            return UUID(text) if text else None
        except ValueError:
            raise UserError("list-filter-wrong", status=422) from None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, the place after which the next ones stand, and on the first page how many there are."""

    rows: Sequence[Mapping[str, Any]]
    next: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A list as SQL: what is read, from where, and its order: expressions and their types.

    The last of the order is unique, so that a page goes on exactly after a row, whatever was put
    in before it meanwhile.
    """

    columns: str
    source: str
    order: tuple[tuple[str, str], ...]
    down: bool = False


def within(by: Actor, what: Permission, community: UUID, table: str) -> tuple[str, dict[str, Any]]:
    """Say as SQL which rows of a table with a grid the actor may see; raises as `reach` for none."""
    may = reach(by, what)
    own = f"(:all_grids OR {table}.grid_id = ANY(CAST(:own_grids AS uuid[])))"
    values = {
        "community": community, "all_grids": community in may.communities,
        "own_grids": list(may.grids),
    }  # fmt: skip
    return f"{table}.community_id = :community AND {own}", values


async def read(
    session: Session,
    query: Query,
    conditions: Sequence[str],
    values: Mapping[str, Any],
    asked: Asked,
) -> tuple[list[Any], str | None, int | None]:
    """Read a page: its rows, the place of the next one, and on the first page how many there are."""
    where = " AND ".join(conditions)
    keys = ", ".join(f"{one} AS key_{at}" for at, (one, _) in enumerate(query.order))
    way = "DESC" if query.down else "ASC"
    order = ", ".join(f"{one} {way}" for one, _ in query.order)
    beyond, place = _beyond(query, asked.after)
    rows = (
        await session.execute(
            sql(
                f"SELECT {query.columns}, {keys} FROM {query.source} WHERE {where} {beyond} "  # noqa: S608  (literals of the lists)
                f"ORDER BY {order} LIMIT :limit"
            ),
            {**values, **place, "limit": asked.limit + 1},
        )
    ).all()
    shown = list(rows[: asked.limit])
    goes_on = _place(shown[-1], len(query.order)) if len(rows) > len(shown) else None
    if asked.after:
        return shown, goes_on, None
    counted = await session.execute(
        sql(f"SELECT count(*) FROM {query.source} WHERE {where}"),  # noqa: S608  (same)
        dict(values),
    )
    return shown, goes_on, counted.scalar_one()


def _place(row: Any, many: int) -> str:
    keys = [getattr(row, f"key_{at}") for at in range(many)]
    return base64.urlsafe_b64encode(orjson.dumps(keys, default=str)).decode().rstrip("=")


_READS: Mapping[str, tuple[type, ...]] = {
    "integer": (int,), "bigint": (int,), "text": (str,), "uuid": (str,), "timestamptz": (str,),
    "date": (str,),
}  # fmt: skip


def _beyond(query: Query, after: str) -> tuple[str, dict[str, Any]]:
    """Say as SQL what stands after a place that a page named."""
    if not after:
        return "", {}
    try:
        keys = orjson.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (binascii.Error, ValueError):
        raise UserError("list-place-wrong", status=422) from None
    kinds = [kind for _, kind in query.order]
    if (
        not isinstance(keys, list)
        or len(keys) != len(kinds)
        or not all(type(key) in _READS[kind] for key, kind in zip(keys, kinds, strict=True))
    ):
        raise UserError("list-place-wrong", status=422)
    names = [f"CAST(CAST(:place_{at} AS text) AS {kind})" for at, kind in enumerate(kinds)]
    left = ", ".join(one for one, _ in query.order)
    sign = "<" if query.down else ">"
    values = {f"place_{at}": str(key) for at, key in enumerate(keys)}
    return f"AND ({left}) {sign} ({', '.join(names)})", values


def all_of(rows: Sequence[Mapping[str, Any]], asked: Asked) -> Page:
    """Show a list that is short by its nature on one page, narrowed to the words that are searched."""
    words = asked.words.strip().casefold()
    found = [row for row in rows if words in " ".join(map(str, row.values())).casefold()]
    return Page(found, None, len(found))
