"""Ways in: demo personas and single-use links; sessions are opaque tokens, ended by their owner."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.crypto import new_token, token_hash
from core.db import Session, sql, wake
from core.errors import UserError

IDLE = {
    "chat": timedelta(days=30), "console": timedelta(hours=2), "wall": timedelta(days=7),
}  # fmt: skip
ABSOLUTE = {
    "chat": timedelta(days=90), "console": timedelta(hours=12), "wall": timedelta(days=90),
}  # fmt: skip
LINK_LIFE = timedelta(hours=1)
# Tells streams to look whether they may go on.
TOPIC = "sessions"


@dataclass(frozen=True, slots=True)
class WebUser:
    """The person behind a session, and when it ends if it is not used.

    `masked` is 来访模式. `kind` is that of the session.
    """

    person: UUID
    kind: str
    idle_until: datetime
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """A session as its owner sees it: begun, used last, and whether it is this one."""

    since: datetime
    used: datetime
    here: bool


async def open_session(session: Session, person: UUID, kind: str, *, now: datetime) -> str:
    """Begin a session of kind `chat` or `console`; returns the token, which is not stored."""
    token = new_token(32)
    await session.execute(
        sql(
            """
            INSERT INTO web_session (token_hash, person_id, kind, created_at, idle_until,
                                     absolute_until)
            VALUES (:hash, :person, :kind, :now, :idle, :absolute)
            """
        ),
        {
            "hash": token_hash(token), "person": person, "kind": kind, "now": now,
            "idle": now + IDLE[kind], "absolute": now + ABSOLUTE[kind],
        },
    )  # fmt: skip
    return token


async def user_of(session: Session, token: str, kind: str, *, now: datetime) -> WebUser:
    """Find the person of a live session; raises UserError `login-needed` (401) otherwise."""
    row = (
        await session.execute(
            sql(
                """
                SELECT person_id, kind, idle_until, masked FROM web_session
                WHERE token_hash = :hash AND kind = :kind AND person_id IS NOT NULL
                  AND idle_until > :now AND absolute_until > :now
                """
            ),
            {"hash": token_hash(token), "kind": kind, "now": now},
        )
    ).one_or_none()
    if row is None:
        raise UserError("login-needed", status=401)
    return WebUser(row.person_id, row.kind, row.idle_until, row.masked)


async def keep_alive(session: Session, token: str, kind: str, *, now: datetime) -> None:
    """Move the idle end of a session that is used."""
    await session.execute(
        sql("UPDATE web_session SET idle_until = :idle WHERE token_hash = :hash"),
        {"hash": token_hash(token), "idle": now + IDLE[kind]},
    )


async def close_session(session: Session, token: str) -> None:
    """End a session; unknown tokens are ignored."""
    await session.execute(
        sql("DELETE FROM web_session WHERE token_hash = :hash"), {"hash": token_hash(token)}
    )
    look_again(session)


async def open_sessions(session: Session, person: UUID, token: str, *, now: datetime) -> list[Open]:
    """List somebody's sessions in the command centre, the one used last first."""
    rows = await session.execute(
        sql(
            """
            SELECT token_hash, created_at, idle_until FROM web_session
            WHERE person_id = :person AND kind = 'console' AND idle_until > :now
              AND absolute_until > :now ORDER BY idle_until DESC, created_at DESC
            """
        ),
        {"person": person, "now": now},
    )
    here = token_hash(token)
    return [
        Open(row.created_at, row.idle_until - IDLE["console"], bytes(row.token_hash) == here)
        for row in rows
    ]


async def close_others(session: Session, person: UUID, *, but: str = "") -> int:
    """End somebody's sessions in the command centre, all or but this one; tells how many."""
    ended = await session.execute(
        sql(
            """
            DELETE FROM web_session WHERE person_id = :person AND kind = 'console'
              AND token_hash <> :hash RETURNING token_hash
            """
        ),
        {"person": person, "hash": token_hash(but)},
    )
    look_again(session)
    return len(ended.all())


def look_again(session: Session) -> None:
    """Let streams look whether their reader may still see what they show."""
    wake(session, TOPIC)


async def mask(session: Session, token: str, *, on: bool) -> None:
    """Begin or end 来访模式; whoever ends it has been asked for the password."""
    await session.execute(
        sql("UPDATE web_session SET masked = :on WHERE token_hash = :hash"),
        {"hash": token_hash(token), "on": on},
    )
    look_again(session)


async def invite(session: Session, person: UUID, *, now: datetime) -> str:
    """Make a single-use link's ticket into the web chat; it lives an hour."""
    ticket = new_token(24)
    await session.execute(
        sql(
            """
            INSERT INTO login_ticket (token_hash, person_id, expires_at)
            VALUES (:hash, :person, :expires)
            """
        ),
        {"hash": token_hash(ticket), "person": person, "expires": now + LINK_LIFE},
    )
    return ticket


async def by_ticket(session: Session, ticket: str, *, now: datetime) -> UUID:
    """Use a single-use link; raises UserError when it is unknown, used or old."""
    row = (
        await session.execute(
            sql(
                """
                UPDATE login_ticket SET used_at = :now
                WHERE token_hash = :hash AND purpose = 'chat' AND used_at IS NULL
                  AND expires_at > :now
                RETURNING person_id
                """
            ),
            {"hash": token_hash(ticket), "now": now},
        )
    ).one_or_none()
    if row is None:
        raise UserError("login-ticket-spent", status=401)
    return UUID(str(row.person_id))


async def by_persona(session: Session, persona: str) -> UUID:
    """Find the demo's person; their account name is `demo:<persona>`."""
    row = (
        await session.execute(
            sql("SELECT person_id FROM demo_persona WHERE persona = :persona"),
            {"persona": persona},
        )
    ).one_or_none()
    if row is None:
        raise UserError("persona-unknown", status=404)
    return UUID(str(row.person_id))
