"""Ways in: demo personas, single-use links, operators' passwords; sessions are opaque tokens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from core.crypto import new_token, token_hash
from core.db import Session, sql
from core.errors import UserError

IDLE = {"chat": timedelta(days=30), "console": timedelta(hours=2)}
ABSOLUTE = {"chat": timedelta(days=90), "console": timedelta(hours=12)}
LINK_LIFE = timedelta(hours=1)
_HASHER = PasswordHasher()
# Checked when the account does not exist, so that the answer takes as long as a wrong password.
_NOBODY = _HASHER.hash(new_token())


@dataclass(frozen=True, slots=True)
class WebUser:
    """The person behind a session, and when it ends if it is not used."""

    person: UUID
    kind: str
    idle_until: datetime


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
                SELECT person_id, kind, idle_until FROM web_session
                WHERE token_hash = :hash AND kind = :kind AND idle_until > :now
                  AND absolute_until > :now
                """
            ),
            {"hash": token_hash(token), "kind": kind, "now": now},
        )
    ).one_or_none()
    if row is None:
        raise UserError("login-needed", status=401)
    return WebUser(row.person_id, row.kind, row.idle_until)


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
                WHERE token_hash = :hash AND used_at IS NULL AND expires_at > :now
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


async def by_password(session: Session, account: str, password: str) -> UUID:
    """Check an operator's password; one error for every cause."""
    row = (
        await session.execute(
            sql("SELECT person_id, password_hash FROM credential WHERE account = :account"),
            {"account": account},
        )
    ).one_or_none()
    try:
        _HASHER.verify(row.password_hash if row is not None else _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        raise UserError("login-wrong", status=401) from None
    if row is None:
        raise UserError("login-wrong", status=401)
    return UUID(str(row.person_id))


async def set_password(session: Session, person: UUID, account: str, password: str) -> None:
    """Give a person an account name and password, replacing an older one."""
    await session.execute(
        sql(
            """
            INSERT INTO credential (person_id, account, password_hash)
            VALUES (:person, :account, :hash)
            ON CONFLICT (person_id) DO UPDATE
            SET account = excluded.account, password_hash = excluded.password_hash
            """
        ),
        {"person": person, "account": account, "hash": _HASHER.hash(password)},
    )
