"""What a vendor told us: whose account it is, what it opens, then the event as from any channel."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from core.db import Database, Session
from core.errors import UserError
from core.event import Arrival, Clicked, Consented, Event, Left
from core.i18n import LANGUAGES, Translator
from core.log import logger
from core.ports import Vendor, Window
from handlers.dispatch import Turn, dispatch
from handlers.passive import Passive
from services import accounts, allowances, linking, undelivered
from services.accounts import Account


async def receive(
    db: Database,
    arrival: Arrival,
    *,
    channel: Vendor,
    media_folder: Path,
    community: str = "default",
    waiting: Passive | None = None,
) -> Turn | None:
    """Handle one arrival in one transaction; safe to repeat with the same arrival.

    Whoever writes for the first time becomes a newcomer of `community`. `waiting` is the vendor's
    request that may carry the answer. None for a key that was used with other words before: no
    retry of the vendor's would mend it.
    """
    caller = _Caller(arrival, channel, community)
    try:
        return await dispatch(
            db, arrival.event, media_folder=media_folder, caller=caller, waiting=waiting
        )
    except UserError as error:
        logger().warning("arrival.refused", channel=channel.name, reason=error.key)
        return None


@dataclass(slots=True)
class _Caller:
    arrival: Arrival
    channel: Vendor
    community: str
    account: Account | None = None  # as found in the transaction that runs

    async def identify(self, session: Session, event: Event) -> Event:
        """Find or make the account's person."""
        lang = self.arrival.lang or LANGUAGES[0]
        self.account = await accounts.identify(
            session,
            channel=event.channel,
            external=self.arrival.account,
            union=self.arrival.union,
            contact=self.arrival.contact,
            community=self.community,
            name=Translator(lang)("somebody-new"),
            lang=lang,
            now=event.at,
        )
        if self.arrival.union and not self.account.known:
            await self._recognised(session, self.account, self.arrival.union, event)
        known = replace(event, person=self.account.person)
        if isinstance(known, Clicked):
            return replace(known, receipt=self.arrival.receipt)
        return known

    async def _recognised(
        self, session: Session, account: Account, union: str, event: Event
    ) -> None:
        """Keep what the vendor tells of an older account; it may be somebody whom we know."""
        person = await linking.recognise(
            session, account, channel=event.channel, union=union, now=event.at
        )
        if person is not None:
            self.account = replace(account, person=person)

    async def heard(self, session: Session, event: Event) -> None:
        """Note that the account is alive, and what may be sent to it from now on."""
        account = self.account
        assert account is not None, "identify comes first"
        if isinstance(event, Consented):
            await allowances.consented(
                session, account.id, event.template, accepted=event.accepted, now=event.at
            )
            return
        here = not isinstance(event, Left)
        await accounts.heard(session, account, reachable=here, now=event.at)
        if not here:
            return
        window = self.channel.windows.get(self.arrival.contact)
        if window is not None and not _is_whole(account, window, event.at):
            await allowances.opened(session, account.id, self.arrival.contact, window, now=event.at)
        if account.owed:
            await undelivered.send_what_waits(
                session, person=event.person, channel=event.channel, now=event.at
            )


def _is_whole(account: Account, window: Window, now: datetime) -> bool:
    """Tell whether a window is as good as new: counting a minute too little breaks no limit."""
    whole = account.whole_until
    return whole is not None and whole > now + timedelta(seconds=window.seconds * 0.999)
