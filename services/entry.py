"""Into the command centre step by step: password, second factor, a new password where one is due.

Between two steps somebody holds a single-use ticket that leads to the next one and nowhere else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.actor import CENTRE
from core.crypto import new_token, token_hash
from core.db import Session, sql
from core.errors import UserError
from models.accounts import Purpose
from services import actors, audit, login
from services.permissions import Permission

SETUP_LIFE = timedelta(hours=24)
STEP_LIFE = timedelta(minutes=10)
ROLE = "role"  # nothing is left to prove, but there is nothing to see yet


@dataclass(frozen=True, slots=True)
class Known:
    """An account as the log-in sees it; `kept` is the hash of its password, if there is one."""

    person: UUID
    account: str
    kept: str | None


@dataclass(frozen=True, slots=True)
class Onward:
    """What comes next and the ticket for it; in the end no step, and the token of a session."""

    step: str
    token: str


async def make(
    session: Session, person: UUID, account: str, *, where: UUID, by: UUID | None = None,
    now: datetime,
) -> bool:  # fmt: skip
    """Make somebody's account, which has no password yet; False where the name is taken."""
    made = await session.execute(
        sql(
            """
            INSERT INTO credential (person_id, account, made_in, made_by, made_at, totp_step, renew)
            VALUES (:person, :account, :where, :by, :now, 0, false)
            ON CONFLICT DO NOTHING RETURNING person_id
            """
        ),
        {"person": person, "account": account, "where": where, "by": by, "now": now},
    )
    return made.scalar_one_or_none() is not None


async def known(session: Session, account: str) -> Known | None:
    """Find an account by its name; None where there is none, or it was closed."""
    return await _known(session, "c.account = :value", account.strip())


async def of_person(session: Session, person: UUID) -> Known | None:
    """Find somebody's own account; None for a persona of the demo."""
    return await _known(session, "c.person_id = :value", person)


async def keep_password(session: Session, person: UUID, kept: str, *, renew: bool = False) -> None:
    """Keep the hash of a new password; `renew` asks its owner for another at the next log-in."""
    await session.execute(
        sql(
            """
            UPDATE credential SET password_hash = :kept, renew = :renew WHERE person_id = :person
            """
        ),
        {"person": person, "kept": kept, "renew": renew},
    )


async def rehash(session: Session, person: UUID, kept: str) -> None:
    """Keep the same password's hash of today's parameters."""
    await session.execute(
        sql("UPDATE credential SET password_hash = :kept WHERE person_id = :person"),
        {"person": person, "kept": kept},
    )


async def ticket(session: Session, person: UUID, purpose: Purpose, *, now: datetime) -> str:
    """Make the ticket to a step; a link for setting an account up lives a day."""
    made = new_token(24)
    life = SETUP_LIFE if purpose is Purpose.SETUP else STEP_LIFE
    await session.execute(
        sql(
            """
            INSERT INTO login_ticket (token_hash, person_id, purpose, expires_at)
            VALUES (:hash, :person, :purpose, :expires)
            """
        ),
        {"hash": token_hash(made), "person": person, "purpose": purpose, "expires": now + life},
    )
    return made


async def holder(session: Session, given: str, purpose: Purpose, *, now: datetime) -> Known:
    """Find whose ticket this is, unused and for this step; raises UserError `login-again` (401)."""
    found = await _known(
        session,
        """
        c.person_id = (SELECT person_id FROM login_ticket WHERE token_hash = :value
                       AND purpose = :purpose AND used_at IS NULL AND expires_at > :now)
        """,
        token_hash(given), purpose=purpose, now=now,
    )  # fmt: skip
    if found is None:
        raise UserError("login-again", status=401)
    return found


async def spend(session: Session, given: str, *, now: datetime) -> None:
    """Use a ticket up; of two at once one alone does. Raises as `holder`."""
    spent = await session.execute(
        sql(
            """
            UPDATE login_ticket SET used_at = :now WHERE token_hash = :hash AND used_at IS NULL
            RETURNING person_id
            """
        ),
        {"hash": token_hash(given), "now": now},
    )
    if spent.scalar_one_or_none() is None:
        raise UserError("login-again", status=401)


async def onward(
    session: Session, person: UUID, *, proved: bool, strict: bool, now: datetime
) -> Onward:
    """Lead somebody who has shown their password on; `strict` demands a second factor of all.

    `proved` says that they have shown it. The last step opens the session and writes it down.
    """
    row = (
        await session.execute(
            sql("SELECT totp_since, renew FROM credential WHERE person_id = :person"),
            {"person": person},
        )
    ).one()
    step = None
    if not proved and row.totp_since is not None:
        step = Purpose.CODE
    elif not proved and strict:
        step = Purpose.ENROL
    elif row.renew:
        step = Purpose.RENEW
    if step is not None:
        return Onward(step, await ticket(session, person, step, now=now))
    return await _enter(session, person, now=now)


async def _enter(session: Session, person: UUID, *, now: datetime) -> Onward:
    by = await actors.actor(session, person, way="console")
    where = next((grant.community for grant in by.grants if grant.role in CENTRE), None)
    if where is None:
        return Onward(ROLE, "")
    await session.execute(
        sql("UPDATE credential SET entered_at = :now WHERE person_id = :person"),
        {"person": person, "now": now},
    )
    audit.note(session, by, Permission.CONSOLE_ENTER, community=where, now=now, how_many=0)
    return Onward("", await login.open_session(session, person, "console", now=now))


async def _known(session: Session, which: str, value: object, **more: object) -> Known | None:
    rows = await session.execute(
        sql(
            f"""
            SELECT c.person_id, c.account, c.password_hash FROM credential c
            WHERE {which} AND c.closed_at IS NULL
            """  # noqa: S608  (literals of this module)
        ),
        {"value": value, **more},
    )
    row = rows.one_or_none()
    return None if row is None else Known(row.person_id, row.account, row.password_hash)
