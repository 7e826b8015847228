"""What a vendor told us: whose account it is, what it opens, then the event as from any channel."""

from dataclasses import replace
from pathlib import Path

from core.db import Database, Session
from core.event import Arrival, Clicked, Consented, Event, Left
from core.i18n import Translator
from core.ports import Vendor
from handlers.dispatch import Turn, dispatch
from services import accounts, allowances


async def receive(
    db: Database,
    arrival: Arrival,
    *,
    channel: Vendor,
    media_folder: Path,
    community: str = "default",
) -> Turn:
    """Handle one arrival in one transaction; safe to repeat with the same arrival.

    Whoever writes for the first time becomes a newcomer of `community`. Raises UserError
    `message-key-reused` only, as `dispatch` does.
    """

    async def identify(session: Session) -> Event:
        return await _identify(session, arrival, channel, community)

    return await dispatch(db, arrival.event, media_folder=media_folder, identify=identify)


async def _identify(session: Session, arrival: Arrival, channel: Vendor, community: str) -> Event:
    event = arrival.event
    lang = arrival.lang or "zh-CN"
    account = await accounts.identify(
        session,
        channel=event.channel,
        external=arrival.account,
        union=arrival.union,
        community=community,
        name=Translator(lang)("somebody-new"),
        lang=lang,
        now=event.at,
    )
    if not isinstance(event, Consented):
        await accounts.heard(session, account, reachable=not isinstance(event, Left), now=event.at)
    if (window := channel.windows.get(arrival.contact)) is not None:
        await allowances.opened(session, account.id, arrival.contact, window, now=event.at)
    if isinstance(event, Consented):
        await allowances.consented(
            session, account.id, event.template, accepted=event.accepted, now=event.at
        )
    if isinstance(event, Clicked) and arrival.receipt:
        event = replace(event, receipt=arrival.receipt)
    return replace(event, person=account.person)
