"""The second factor: codes of half a minute from a telephone, each once, and recovery codes."""

import hmac
import secrets
from datetime import datetime
from uuid import UUID

import pyotp

from core.crypto import keyring, open_json, seal_json
from core.db import Session, sql
from core.errors import UserError

ISSUER = "Linling"
_SECRET = "credential.totp_secret"  # noqa: S105  a column's name
_STEP_S = 30
_CODES, _HALF = 10, 5
# Nobody takes one for another when reading them from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


async def begin(session: Session, person: UUID) -> str:
    """Make the secret of somebody who has confirmed none; asked again it is the same.

    Raises UserError `login-again` (401) for somebody who has one already.
    """
    row = (
        await session.execute(
            sql(
                """
                UPDATE credential SET totp_secret = coalesce(totp_secret, :new)
                WHERE person_id = :person AND totp_since IS NULL RETURNING totp_secret
                """
            ),
            {"person": person, "new": seal_json(pyotp.random_base32(), _SECRET)},
        )
    ).one_or_none()
    if row is None:
        raise UserError("login-again", status=401)
    return str(open_json(row.totp_secret, _SECRET))


def address(secret: str, account: str) -> str:
    """Write what a telephone reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


async def confirm(session: Session, person: UUID, code: str, *, now: datetime) -> list[str]:
    """Let the secret count from now on, by its first code; returns the recovery codes."""
    await _use(session, person, code, now=now, confirmed=False)
    await session.execute(
        sql("UPDATE credential SET totp_since = :now WHERE person_id = :person"),
        {"person": person, "now": now},
    )
    return await new_codes(session, person)


async def prove(session: Session, person: UUID, code: str, *, now: datetime) -> None:
    """Use a code; raises UserError `login-code-wrong` (401) for a wrong and for a used one."""
    await _use(session, person, code, now=now, confirmed=True)


async def recover(session: Session, person: UUID, code: str, *, now: datetime) -> int:
    """Use a recovery code and tell how many are left; raises as `prove`."""
    used = await session.execute(
        sql(
            """
            UPDATE recovery_code SET used_at = :now
            WHERE person_id = :person AND digest = :digest AND used_at IS NULL RETURNING digest
            """
        ),
        {"person": person, "digest": _digest(person, code), "now": now},
    )
    if used.scalar_one_or_none() is None:
        raise UserError("login-code-wrong", status=401)
    return await codes_left(session, person)


async def codes_left(session: Session, person: UUID) -> int:
    """Count the recovery codes that still work."""
    rows = await session.execute(
        sql("SELECT count(*) FROM recovery_code WHERE person_id = :person AND used_at IS NULL"),
        {"person": person},
    )
    return int(rows.scalar_one())


async def new_codes(session: Session, person: UUID) -> list[str]:
    """Make recovery codes, to be shown once; the ones before work no more."""
    codes = [f"{_word()}-{_word()}" for _ in range(_CODES)]
    await _drop_codes(session, person)
    await session.execute(
        sql("INSERT INTO recovery_code (person_id, digest) VALUES (:person, :digest)"),
        [{"person": person, "digest": _digest(person, code)} for code in codes],
    )
    return codes


async def forget(session: Session, person: UUID) -> None:
    """Forget a lost telephone and its recovery codes; the next log-in begins anew."""
    await _drop_codes(session, person)
    await session.execute(
        sql(
            """
            UPDATE credential SET totp_secret = NULL, totp_since = NULL WHERE person_id = :person
            """
        ),
        {"person": person},
    )


async def _use(
    session: Session, person: UUID, code: str, *, now: datetime, confirmed: bool
) -> None:
    """Use a code of this half-minute or one beside it: of two at once, one alone is the first."""
    row = (
        await session.execute(
            sql("SELECT totp_secret, totp_since FROM credential WHERE person_id = :person"),
            {"person": person},
        )
    ).one_or_none()
    if (
        row is not None
        and row.totp_secret is not None
        and (row.totp_since is not None) is confirmed
    ):
        step = _step_of(open_json(row.totp_secret, _SECRET), code, now=now)
        used = await session.execute(
            sql(
                """
                UPDATE credential SET totp_step = :step
                WHERE person_id = :person AND totp_step < :step RETURNING totp_step
                """
            ),
            {"person": person, "step": step},
        )
        if used.scalar_one_or_none() is not None:
            return
    raise UserError("login-code-wrong", status=401)


def _step_of(secret: str, code: str, *, now: datetime) -> int:
    """Find the half-minute that a code belongs to, 0 if none; looks at all three alike."""
    clock, said = pyotp.TOTP(secret), "".join(code.split()).encode()
    present = int(now.timestamp()) // _STEP_S
    fitting = [
        step
        for step in (present - 1, present, present + 1)
        if hmac.compare_digest(clock.generate_otp(step).encode(), said)
    ]
    return max(fitting, default=0)


async def _drop_codes(session: Session, person: UUID) -> None:
    await session.execute(
        sql("DELETE FROM recovery_code WHERE person_id = :person"), {"person": person}
    )


def _word() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_HALF))


def _digest(person: UUID, code: str) -> bytes:
    said = "".join(one for one in code.lower() if one.isalnum())
    return keyring().digest(person.bytes + said.encode(), "recovery_code.digest")
