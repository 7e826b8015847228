"""What a vendor told us: whose account it is, what it opens, then the event as from any channel."""

from dataclasses import dataclass, replace
from pathlib import Path

from core.db import Database, Session
from core.event import Arrival, Clicked, Consented, Event, Left
from core.i18n import LANGUAGES, Translator
from core.ports import Vendor
from handlers.dispatch import Turn, dispatch
from services import accounts, allowances, outbox
from services.accounts import Account


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
    caller = _Caller(arrival, channel, community)
    return await dispatch(db, arrival.event, media_folder=media_folder, caller=caller)


@dataclass(frozen=True, slots=True)
class _Caller:
    arrival: Arrival
    channel: Vendor
    community: str

    async def identify(self, session: Session, event: Event) -> Event:
        """Find or make the account's person."""
        account = await self._account(session, event)
        known = replace(event, person=account.person)
        if isinstance(known, Clicked):
            return replace(known, receipt=self.arrival.receipt)
        return known

    async def heard(self, session: Session, event: Event) -> None:
        """Note that the account is alive, and what may be sent to it from now on."""
        account = await self._account(session, event)
        if isinstance(event, Consented):
            await allowances.consented(
                session, account.id, event.template, accepted=event.accepted, now=event.at
            )
            return
        here = not isinstance(event, Left)
        await accounts.heard(session, account, reachable=here, now=event.at)
        window = self.channel.windows.get(self.arrival.contact)
        if window is not None and here:
            await allowances.opened(session, account.id, self.arrival.contact, window, now=event.at)
        if here:
            await outbox.revive(session, person=event.person, channel=event.channel, now=event.at)

    async def _account(self, session: Session, event: Event) -> Account:
        lang = self.arrival.lang or LANGUAGES[0]
        return await accounts.identify(
            session,
            channel=event.channel,
            external=self.arrival.account,
            union=self.arrival.union,
            community=self.community,
            name=Translator(lang)("somebody-new"),
            lang=lang,
            now=event.at,
        )
