"""The first operator of a community, who may log in to the command centre, and its telephone."""

import getpass
import sys

from core.clock import utcnow
from core.crypto import seal_json
from core.db import Database, Session, sql
from core.ids import uuid7
from services import entry, passwords
from services.office import read_phone, set_phone

MIN_PASSWORD = 12


def read_password() -> str:
    """Ask twice on a terminal, else read one line of standard input; raises ValueError."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            raise ValueError("the two passwords differ")
    if len(password) < MIN_PASSWORD:
        raise ValueError(f"the password needs at least {MIN_PASSWORD} characters")
    return password


def ask_phone() -> str:
    """Ask for the office's telephone on a terminal; empty leaves it, as it is without a terminal."""
    if not sys.stdin.isatty():
        return ""
    return input("Telephone of the community's office (Enter to leave it): ").strip()


async def make_operator(
    db: Database, *, community: str, account: str, name: str, password: str, phone: str = ""
) -> None:
    """Give an account the operator's role in a community, or set its password anew.

    A telephone becomes the one of the community's office. Raises ValueError for what is none.
    """
    number = read_phone(phone) if phone else None
    kept = await passwords.hashed(password)

    async def work(session: Session) -> None:
        place = await session.execute(
            sql("SELECT id FROM community WHERE slug = :slug"), {"slug": community}
        )
        where = place.scalar_one_or_none()
        if where is None:
            raise ValueError(f"there is no community {community}; run `python -m ops migrate`")
        known = await session.execute(
            sql("SELECT person_id FROM credential WHERE account = :account"), {"account": account}
        )
        person = known.scalar_one_or_none() or uuid7()
        await session.execute(
            sql(
                """
                INSERT INTO person (id, name, lang, large_type, created_at)
                VALUES (:id, :name, 'zh-CN', false, :now) ON CONFLICT (id) DO NOTHING
                """
            ),
            {"id": person, "name": seal_json(name, "person.name"), "now": utcnow()},
        )
        await session.execute(
            sql(
                """
                INSERT INTO membership (id, person_id, community_id, role, scope_kind, scope_id)
                VALUES (:id, :person, :where, 'operator', 'community', :where)
                ON CONFLICT (person_id, role, scope_id) DO NOTHING
                """
            ),
            {"id": uuid7(), "person": person, "where": where},
        )
        await entry.make(session, person, account, where=where, now=utcnow())
        await entry.keep_password(session, person, kept)
        if number is not None:
            await set_phone(session, community, number)

    await db.run(work)
