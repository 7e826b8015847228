"""A card to a vendor: prepared in one transaction, sent outside any, recorded in another.

What may go wrong and what follows: core/errors names it, `_failed` decides. Nothing is lost: a row
is sent, tried again, taken over by the person's next channel, or a dead letter that can be seen.
"""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from core.card import Card
from core.db import Database, Session
from core.errors import Ambiguous, Halted, Permanent, Retryable, TooFast, Unreachable
from core.log import logger
from core.metrics import SENDS
from core.ports import Outgoing, Receipt, Vendor
from handlers import alert, rendering
from handlers.rendering import Rendered
from services import accounts, allowances, lastcards, links, outbox, paces, pauses, receipts, steps
from services.accounts import Account
from services.outbox import Due
from services.tickets import events

GIVE_UP_AFTER = 8
_SECOND_WAY_AFTER = 3  # a life alarm that failed so often goes another way as well
_LONGEST_S = {True: 15.0, False: 300.0}  # between two tries, for a life and otherwise


class _Wait(Exception):
    """A limit of ours says: not yet."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class _Resting(Exception):
    """The channel rests; only what is for a life comes here, to find another way."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True, slots=True)
class _Job:
    """What is on its way; `receipts` serve an edit, newest first.

    `said` knows the words again, `window` is the message window it was counted against.
    """

    row: Due
    account: Account
    shown: Rendered
    message: Outgoing
    said: str
    receipts: Sequence[tuple[int, Receipt]]
    window: str = ""


async def send(
    db: Database, row: Due, channel: Vendor, *, now: datetime, base_url: str = ""
) -> None:
    """Make one claimed row arrive, or say what comes next; raises only what is a bug."""
    job: _Job | None = None
    began = monotonic()
    try:
        job = await db.run(lambda s: _prepare(s, row, channel, now=now, base_url=base_url))
        if job is None:
            return
        receipt, spent = await _call(channel, job)
    except _Wait as wait:
        seconds = wait.seconds
        await db.run(lambda session: _later(session, row, seconds, now=now))
    except _Resting as resting:
        until = resting.until
        await db.run(lambda session: _wait_or_go(session, row, until, now=now))
    except (Retryable, Permanent, Halted, Ambiguous) as error:
        SENDS.labels(row.channel, type(error).__name__.lower()).inc()
        answered = now + timedelta(seconds=monotonic() - began)
        await _failed(db, row, channel, job, error, answered=answered, now=now)
    else:
        SENDS.labels(row.channel, "sent").inc()
        await db.run(lambda session: _record(session, job, receipt, spent=spent, now=now))


async def _prepare(
    session: Session, row: Due, channel: Vendor, *, now: datetime, base_url: str
) -> _Job | None:
    pause = (await pauses.resting(session, now=now)).get(channel.name)
    if pause is not None:
        raise _Resting(pause.until)
    account = await accounts.of(session, row.person, channel.name)
    if account is None:
        raise Unreachable("no account", gone=False)
    shown = await rendering.render(session, row, now=now, abroad=channel.abroad)
    if shown is None:
        return None
    kept = await receipts.usable(
        session, ticket=row.object_id, person=row.person, channel=channel.name, now=now
    )
    said = _digest(shown.card)
    if shown.op == "update" and not channel.edits and kept and kept[0][1].get("said") == said:
        await rendering.note(session, row, shown, now=now)  # nothing that a person would read
        return None
    edits = shown.op == "update" and channel.edits and bool(kept)
    window, notice = "", False
    if channel.windows and not edits:
        last = shown.outcome or (row.life and shown.op == "message")
        window = await allowances.spend(session, account.id, last=last, now=now)
        if not window and shown.op == "update" and not shown.outcome:
            await rendering.note(session, row, shown, now=now)  # the outcome will tell it
            return None
        notice = not window
    if notice:
        await _consent(session, account, channel)
    # Last, for what is marked here must be a call; waiting undoes all of the above.
    wait = await paces.take(session, channel.paces(account.external), now=now, life=row.life)
    if wait:
        raise _Wait(wait)
    link = ""
    if base_url and row.kind == "ticket" and (notice or channel.abroad):
        link = await links.into_chat(session, row.person, base_url, ticket=row.object_id, now=now)
    await outbox.calling(session, row, now=now)
    card = links.outside(shown.card, row.person, base_url, now=now)
    message = Outgoing(
        account.external, card, shown.lang, _reference(row, shown), notice=notice, link=link
    )
    return _Job(row, account, shown, message, said, kept, window)


async def _consent(session: Session, account: Account, channel: Vendor) -> None:
    """Use up a consent where each notice needs one."""
    template = channel.consent_template
    if template and not await allowances.spend_consent(session, account.id, template):
        raise Unreachable("no window, no consent", gone=False)


async def _call(channel: Vendor, job: _Job) -> tuple[Receipt, bool]:
    """Edit or send; tells besides whether older receipts serve no more."""
    if job.shown.op == "update" and channel.edits and job.receipts:
        receipt = await channel.edit(job.message, [one for _, one in job.receipts])
        if receipt is not None:
            return receipt, True
    return await channel.send(job.message), False


async def _record(
    session: Session, job: _Job, receipt: Receipt, *, spent: bool, now: datetime
) -> None:
    row = job.row
    rest = str(receipt.pop("rest", ""))
    await lastcards.remember(
        session, job.shown.card, rest, person=row.person, channel=row.channel, now=now
    )
    if row.kind == "ticket":
        if spent:
            await receipts.spend(session, [number for number, _ in job.receipts], now=now)
        await receipts.keep(
            session, {**receipt, "said": job.said}, ticket=row.object_id, person=row.person,
            channel=row.channel, now=now,
        )  # fmt: skip
    await pauses.works(session, row.channel)
    await rendering.note(session, row, job.shown, now=now)


async def _failed(
    db: Database,
    row: Due,
    channel: Vendor,
    job: _Job | None,
    error: Retryable | Permanent | Halted | Ambiguous,
    *,
    answered: datetime,
    now: datetime,
) -> None:
    """Decide what follows, in a transaction of its own."""
    logger().warning("send.failed", channel=row.channel, row=row.id, reason=str(error))

    async def work(session: Session) -> None:
        if job is not None and not isinstance(error, Ambiguous):
            await allowances.refund(session, job.account.id, job.window)
        if job is not None and isinstance(error, TooFast):
            until = answered + timedelta(seconds=error.after)
            await paces.hold(session, channel.paces(job.account.external), until=until)
        if isinstance(error, Halted):
            await _rest(session, row, error, now=now)
        elif isinstance(error, Permanent):
            await _impossible(session, row, error, now=now)
        else:
            if isinstance(error, Ambiguous) and not channel.idempotent:
                await outbox.doubted(session, row)
            await _again(session, row, error, now=now)

    await db.run(work)


async def _again(
    session: Session, row: Due, error: Retryable | Ambiguous, *, now: datetime
) -> None:
    """Try later; a life alarm takes another way besides, and after eight tries everything does."""
    if row.attempts >= GIVE_UP_AFTER:
        await _elsewhere(session, row, str(error), now=now)
        return
    if row.life and row.attempts == _SECOND_WAY_AFTER:
        await steps.next_channel(session, row, now=now)
    wait = error.after if isinstance(error, Retryable) else 0.5
    spread = min(_LONGEST_S[row.life], 2.0 ** (row.attempts - 1)) * random.uniform(0.5, 1.0)
    retry_at = now + timedelta(seconds=max(wait, spread))
    await outbox.failed(session, row, reason=str(error), retry_at=retry_at)


async def _impossible(session: Session, row: Due, error: Permanent, *, now: datetime) -> None:
    if isinstance(error, Unreachable):
        account = await accounts.of(session, row.person, row.channel)
        if account is not None:
            if error.gone:
                await accounts.gone(session, account.id)
            await allowances.shut(session, account.id)
    await _elsewhere(session, row, str(error), now=now)


async def _elsewhere(session: Session, row: Due, reason: str, *, now: datetime) -> None:
    """Hand the card to the next channel; without one it stays as a dead letter, seen by people."""
    channel = await steps.next_channel(session, row, now=now)
    if channel is not None:
        await outbox.superseded(session, row, by=channel)
    else:
        await outbox.failed(session, row, reason=reason, retry_at=None)
        if row.kind == "ticket":
            await events.undelivered(
                session, ticket=row.object_id, person=row.person, channel=row.channel, now=now
            )
        await alert.unreached(session, row, now=now)


async def _rest(session: Session, row: Due, error: Halted, *, now: datetime) -> None:
    if await pauses.halt(session, row.channel, str(error), seconds=error.after, now=now):
        await alert.halted(session, row.channel, str(error), now=now)
    await _wait_or_go(session, row, now + timedelta(seconds=error.after), now=now)


async def _later(session: Session, row: Due, seconds: float, *, now: datetime) -> None:
    """Keep a row till a limit lets it out; a life alarm takes the next channel besides if long."""
    if row.life and seconds > _LONGEST_S[True]:
        await steps.next_channel(session, row, now=now)
    await outbox.postponed(session, row, until=now + timedelta(seconds=seconds))


async def _wait_or_go(session: Session, row: Due, until: datetime, *, now: datetime) -> None:
    """Keep a row till its channel works again; a life alarm takes the next one at once besides."""
    if row.life:
        await steps.next_channel(session, row, now=now)
    wait = min((until - now).total_seconds(), _LONGEST_S[row.life])
    await outbox.postponed(session, row, until=now + timedelta(seconds=max(wait, 1.0)))


def _reference(row: Due, shown: Rendered) -> str:
    """Name a message the same in every try: object, row, ring and version."""
    return f"{row.object_id.hex}-{row.id}-{shown.ring}-{shown.version}"


def _digest(card: Card) -> str:
    """Know again what a person would read, the buttons apart."""
    text = replace(card, actions=()).fallback()
    return hashlib.sha256(text.encode()).hexdigest()[:16]
