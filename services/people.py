"""What people decide about themselves."""

from core.actor import Actor
from core.db import Session, sql
from core.errors import UserError
from core.i18n import LANGUAGES


async def set_language(session: Session, by: Actor, lang: str) -> None:
    """Speak this language to the person from now on, whatever their last words were in."""
    if lang not in LANGUAGES or by.person is None:
        raise UserError("not-allowed", status=403)
    await session.execute(
        sql(
            """
            WITH c AS (UPDATE conversation SET lang = NULL WHERE person_id = :person)
            UPDATE person SET lang = :lang WHERE id = :person
            """
        ),
        {"lang": lang, "person": by.person},
    )
