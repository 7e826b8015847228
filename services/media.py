"""Pictures: stored once by content, sealed on disk, with a row in the database."""

import asyncio
import hashlib
import os
from datetime import datetime
from pathlib import Path

from core.crypto import keyring
from core.db import Session, sql

CONTEXT = "media.file"


async def store(session: Session, folder: Path, jpeg: bytes, *, now: datetime) -> str:
    """Keep a JPEG under its SHA-256; the file is complete before it gets its name."""
    digest = hashlib.sha256(jpeg).hexdigest()
    await asyncio.to_thread(_write, folder, digest, jpeg)
    await session.execute(
        sql(
            """
            INSERT INTO media (sha256, mime, size, created_at)
            VALUES (:digest, 'image/jpeg', :size, :now) ON CONFLICT DO NOTHING
            """
        ),
        {"digest": digest, "size": len(jpeg), "now": now},
    )
    return digest


def _write(folder: Path, digest: str, jpeg: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / digest
    if not path.exists():
        draft = folder / f".{digest}.{os.getpid()}"
        draft.write_bytes(keyring().seal(jpeg, CONTEXT))
        draft.chmod(0o600)
        draft.rename(path)


def files(folder: Path) -> list[Path]:
    """List the stored pictures; drafts are none yet."""
    found = folder.iterdir() if folder.exists() else ()
    return sorted(path for path in found if not path.name.startswith("."))


def reseal(path: Path) -> bool:
    """Seal a stored picture anew where it stands under another key; tell whether it did.

    One process at a time does this. The file is whole at every moment, and after a loss of power.
    Raises SealBrokenError, and leaves the file, when it does not open.
    """
    old = path.read_bytes()
    new = keyring().reseal(old, CONTEXT)
    if new == old:
        return False
    draft = path.with_name(f".{path.name}.reseal")
    with draft.open("wb") as file:
        file.write(new)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(0o600)
    draft.rename(path)
    return True


def load(folder: Path, digest: str) -> bytes:
    """Open a stored picture; raises FileNotFoundError for an unknown digest."""
    return keyring().open((folder / digest).read_bytes(), CONTEXT)
