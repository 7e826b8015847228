"""Which device and which rules a message is about; kept in memory for a few seconds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from core.crypto import keyring, open_json
from core.db import Session, sql
from services.rules.book import Book

OWN = "linling"
FRESH = timedelta(seconds=5)
_REMEMBERED = 100_000
GATEWAY = "gateway"
LIFE_KINDS = frozenset({"smoke", "gas", "wristband", "fire"})
Address = tuple[str, str, str]  # source, external id, community slug


def external_index(external: str) -> bytes:
    """Make the blind index by which a device's own name is found."""
    return keyring().index(external, "device.external_index")


def _own_id(source: str, external: str) -> UUID | None:
    """Read our own id of a device: on our own topics any device may be spoken for by it."""
    if source != OWN:
        return None
    try:
        return UUID(external)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Known:
    """A registered device, as far as judging needs it; `testing_until` of a live test.

    `model` and `gateway` are what the registry has of them, for those who learn more.
    """

    id: UUID
    community: UUID
    grid: UUID
    kind: str
    source: str
    home_index: bytes | None = None
    people: tuple[bytes, ...] = ()
    testing_until: datetime | None = None
    model: str = ""
    gateway: UUID | None = None


@dataclass(slots=True)
class Registry:
    """The listener's memory of devices and rules, at most five seconds old.

    `pictures`: a recorder can be asked for what its cameras saw.
    """

    devices: dict[Address, Known] = field(default_factory=dict)
    communities: dict[str, UUID] = field(default_factory=dict)
    book: Book = field(default_factory=Book)
    read_at: datetime | None = None
    pictures: bool = False
    _indexes: dict[str, bytes] = field(default_factory=dict)

    async def refresh(self, session: Session, wanted: Iterable[Address], *, now: datetime) -> None:
        """Forget what is old; look up what is missing. Unknown devices are asked for each time."""
        if self.read_at is None or now - self.read_at > FRESH:
            self.devices.clear()
            await self._read_communities(session)
            self.book.read_at = None
            await self.book.refresh(session, now=now)
            self.read_at = now
        found = await self.look_up(session, wanted)
        if any(not self.book.knows(known.community) for known in found):
            # The first words of a community that is younger than what we remember.
            self.book.read_at = None
            await self.book.refresh(session, now=now)

    async def look_up(self, session: Session, wanted: Iterable[Address]) -> list[Known]:
        """Look up those of these addresses that are not remembered; returns whom it found."""
        missing = sorted({address for address in wanted if address not in self.devices})
        if missing:
            await self._read_devices(session, missing)
        return [self.devices[address] for address in missing if address in self.devices]

    async def _read_devices(self, session: Session, missing: list[Address]) -> None:
        rows = await session.execute(
            sql(
                """
                SELECT d.id, d.community_id, d.grid_id, d.kind, d.source, d.home_index,
                       d.model, d.gateway_id, s.people, i.until, w.place
                FROM unnest(CAST(:sources AS text[]), CAST(:indexes AS bytea[]),
                            CAST(:ids AS uuid[]), CAST(:slugs AS text[])) WITH ORDINALITY
                    AS w(source, external_index, id, slug, place)
                JOIN community c ON c.slug = w.slug
                JOIN device d ON d.community_id = c.id AND d.removed_at IS NULL
                     AND ((d.source = w.source AND d.external_index = w.external_index)
                          OR d.id = w.id)
                LEFT JOIN device_scope s ON s.device_id = d.id
                LEFT JOIN installation i ON i.device_id = d.id AND i.ended_at IS NULL
                """
            ),
            {
                "sources": [source for source, _, _ in missing],
                "indexes": [self._index(external) for _, external, _ in missing],
                "ids": [_own_id(source, external) for source, external, _ in missing],
                "slugs": [slug for _, _, slug in missing],
            },
        )
        for row in rows:
            known = Known(
                row.id, row.community_id, row.grid_id, row.kind, row.source, row.home_index,
                tuple(row.people or ()), row.until, row.model, row.gateway_id,
            )  # fmt: skip
            self.devices[missing[row.place - 1]] = known

    def _index(self, external: str) -> bytes:
        """Remember blind indexes, which the same devices need every five seconds."""
        known = self._indexes.get(external)
        if known is None:
            if len(self._indexes) >= _REMEMBERED:
                self._indexes.clear()
            known = self._indexes[external] = external_index(external)
        return known

    async def _read_communities(self, session: Session) -> None:
        self.communities = {
            row.slug: row.id for row in await session.execute(sql("SELECT id, slug FROM community"))
        }


async def silent(session: Session, source: str, *, since: datetime) -> list[tuple[str, str]]:
    """List (external, kind) of a source's devices not heard since then; life devices first."""
    rows = await session.execute(
        sql(
            """
            SELECT d.external, d.kind FROM device d
            LEFT JOIN device_presence p ON p.device_id = d.id
            WHERE d.source = :source AND d.removed_at IS NULL AND d.kind <> 'gateway'
              AND (p.last_seen IS NULL OR p.last_seen < :since) AND p.online IS NOT FALSE
            ORDER BY d.kind <> ALL(CAST(:life AS text[])), d.id
            """
        ),
        {"source": source, "since": since, "life": sorted(LIFE_KINDS)},
    )
    return [(open_json(row.external, "device.external"), row.kind) for row in rows]
