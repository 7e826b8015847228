"""Headers that somebody explained once: kept for the next file of the same kind."""

from collections.abc import Mapping

from core.db import sql
from services.imports import Desk
from services.imports.words import folded


async def saved(desk: Desk, kind: str) -> dict[str, str]:
    """Read which headers mean which columns."""
    rows = await desk.session.execute(
        sql(
            """
            SELECT header, "column" FROM import_mapping
            WHERE community_id = :community AND kind = :kind
            """
        ),
        {"community": desk.community, "kind": kind},
    )
    return {row.header: row.column for row in rows}


async def save(desk: Desk, kind: str, means: Mapping[str, str]) -> None:
    """Keep which headers mean which columns; the newest word counts."""
    if not means:
        return
    await desk.session.execute(
        sql(
            """
            INSERT INTO import_mapping (community_id, kind, header, "column", saved_at)
            VALUES (:community, :kind, :header, :column, :now)
            ON CONFLICT (community_id, kind, header)
            DO UPDATE SET "column" = excluded."column", saved_at = excluded.saved_at
            """
        ),
        [
            {"community": desk.community, "kind": kind, "header": folded(header),
             "column": column, "now": desk.now}
            for header, column in means.items()
        ],
    )  # fmt: skip
