"""Which packets of the broker have been committed: what it sends again has no second effect.

After a crash between commit and acknowledgement a broker resends the unacknowledged messages,
each under its packet id and with the DUP flag (MQTT 3.1.1, section 4.4). Their content alone can't
tell a copy from a device that says the same thing twice; packet id and content together do.
"""

from collections.abc import Sequence

from core.db import Session, sql

# More than a broker keeps in flight to one client (max_inflight_messages 2000).
KEPT = 4000
_PRUNE_EVERY = 200
_SIZE = 8

Handled = dict[int, bytes]
Packet = tuple[int, bytes]  # packet id, digest of topic and payload (8 bytes)

_NOTE = sql(
    """
    INSERT INTO intake_mark (client_id, packets, digests)
    VALUES (:client, CAST(:packets AS int[]), :digests) RETURNING id
    """
)
_PRUNE = sql(
    """
    DELETE FROM intake_mark WHERE id IN (
        SELECT id FROM (
            SELECT id, sum(cardinality(packets)) OVER (ORDER BY id DESC)
                       - cardinality(packets) AS newer
            FROM intake_mark WHERE client_id = :client) counted
        WHERE newer > :kept)
    """
)


async def load(session: Session, client: str) -> Handled:
    """Read the packets committed last, the newest of each id."""
    rows = await session.execute(
        sql("SELECT packets, digests FROM intake_mark WHERE client_id = :client ORDER BY id"),
        {"client": client},
    )
    return {
        packet: bytes(row.digests[place * _SIZE : (place + 1) * _SIZE])
        for row in rows
        for place, packet in enumerate(row.packets)
    }


async def note(session: Session, client: str, packets: Sequence[Packet]) -> None:
    """Remember a batch's packets in the transaction of its effects."""
    if not packets:
        return
    made = await session.execute(
        _NOTE,
        {
            "client": client,
            "packets": [packet for packet, _ in packets],
            "digests": b"".join(digest for _, digest in packets),
        },
    )
    if made.scalar_one() % _PRUNE_EVERY == 0:
        await session.execute(_PRUNE, {"client": client, "kept": KEPT})
