"""What somebody needs so that talk and visits succeed, and the language they are spoken to in."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json, seal_json
from core.db import Session, sql
from core.errors import UserError
from core.i18n import LANGUAGES
from services.people.moves import written_about
from services.people.spoken import words

_LARGE, _ENGLISH = "large_type", "english"


async def set_language(session: Session, by: Actor, lang: str) -> None:
    """Speak this language to the person from now on, whatever their last words were in."""
    if lang not in LANGUAGES or by.person is None:
        raise UserError("not-allowed", status=403)
    await _speak(session, by.person, lang)


async def change(
    session: Session, by: Actor, *, person: UUID, now: datetime,
    add: Collection[str] = (), drop: Collection[str] = (),
) -> list[str]:  # fmt: skip
    """Add and drop needs; large type and language follow in the person's own chat.

    Returns all that hold now. Raises UserError `needs-which` for nothing that is known.
    """
    wanted, unwanted = set(add) & words()["needs"].keys(), set(drop) & words()["needs"].keys()
    if not wanted | unwanted:
        raise UserError("needs-which")
    await written_about(session, by, person, now=now)
    sealed = await session.execute(
        sql("SELECT needs FROM person WHERE id = :id FOR UPDATE"), {"id": person}
    )
    known = sealed.scalar_one()
    had = set(open_json(known, "person.needs") or ()) if known is not None else set()
    has = sorted((had | wanted) - unwanted)
    await session.execute(
        sql(
            """
            UPDATE person SET needs = :needs,
                   large_type = coalesce(CAST(:large AS boolean), large_type)
            WHERE id = :id
            """
        ),
        {
            "needs": seal_json(has, "person.needs"), "id": person,
            "large": _LARGE in wanted if _LARGE in wanted | unwanted else None,
        },
    )  # fmt: skip
    if _ENGLISH in wanted | unwanted:
        await _speak(session, person, LANGUAGES[1] if _ENGLISH in wanted else LANGUAGES[0])
    return has


async def _speak(session: Session, person: UUID, lang: str) -> None:
    await session.execute(
        sql(
            """
            WITH c AS (UPDATE conversation SET lang = NULL WHERE person_id = :person)
            UPDATE person SET lang = :lang WHERE id = :person
            """
        ),
        {"lang": lang, "person": person},
    )
