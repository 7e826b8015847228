"""`python -m ops audit`: prove that the access log is whole, and list what stands in it."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import orjson

from cards import access
from core.actor import Actor
from core.clock import local, utcnow
from core.crypto import use_keyring
from core.db import Database, Session
from core.i18n import Translator
from core.settings import Settings
from ops.community import community_of, opened
from services import audit, linking, looks
from services.looks import Entry, Proof
from services.permissions import Permission

OPERATING = Actor(person=None, name="ops", machine=True, way="ops")
LIMIT = 500


def verify(settings: Settings) -> list[tuple[str, Proof]]:
    """Walk the chain of every community."""
    use_keyring(settings.keyring)

    async def work() -> list[tuple[str, Proof]]:
        async with opened(settings) as db, db.reading() as session:
            found = await looks.communities(session)
            return [(slug, await looks.verify(session, one)) for one, slug in found]

    return asyncio.run(work())


def proofs(found: Sequence[tuple[str, Proof]], *, as_json: bool) -> Iterator[str]:
    """Write how each chain stands."""
    if as_json:
        chains = [
            {"community": slug, "entries": proof.entries, "broken": proof.broken}
            for slug, proof in found
        ]
        yield orjson.dumps({"whole": all_whole(found), "chains": chains}).decode()
        return
    for slug, proof in found:
        if proof.broken is None:
            yield f"ok     {slug}: {proof.entries} entries, all whole"
        else:
            yield f"BROKEN {slug}: entry {proof.broken} is the first that is not as it was written"


def all_whole(found: Sequence[tuple[str, Proof]]) -> bool:
    """Tell whether no chain is broken."""
    return all(proof.broken is None for _, proof in found)


def listing(
    settings: Settings, slug: str, *, person: str | None, since: datetime | None
) -> list[Entry]:
    """List the newest entries of a community, at most 500; reading them is an entry too."""
    use_keyring(settings.keyring)

    async def work() -> list[Entry]:
        async with opened(settings) as db:
            community = await community_of(db, slug)
            whom = await _person(db, person) if person else None

            async def read(session: Session) -> list[Entry]:
                found = await looks.listing(
                    session, OPERATING, community=community, person=whom, since=since,
                    before=None, limit=LIMIT,
                )  # fmt: skip
                audit.note(
                    session, OPERATING, Permission.ACCESS_READ, community=community, now=utcnow(),
                    subject=whom, how_many=len(found),
                )  # fmt: skip
                return found

            return await db.run(read)

    return asyncio.run(work())


async def _person(db: Database, said: str) -> UUID:
    """Find somebody by id or telephone; raises ValueError for nobody."""
    try:
        return UUID(said)
    except ValueError:
        async with db.reading() as session:
            found = await linking.of_phone(session, said)
    if found is None:
        raise ValueError("--person wants an id, or a telephone number that one person has")
    return found


def lines(found: Sequence[Entry], *, as_json: bool) -> Iterator[str]:
    """Write entries, a line each, newest first."""
    t = Translator()
    for one in found:
        if as_json:
            yield orjson.dumps(
                {
                    "number": one.number, "at": one.at, "who": access.who(one, t), "way": one.way,
                    "action": one.action, "person": str(one.subject) if one.subject else None,
                    "how_many": one.how_many, "reason": one.reason,
                }
            ).decode()  # fmt: skip
        else:
            yield f"{one.number} {local(one.at):%Y-%m-%d %H:%M:%S} {access.look(one, t)}"
