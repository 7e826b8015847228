"""One's own shifts as a calendar (.ics), behind a signed link that a telephone can follow."""

from datetime import datetime, timedelta
from uuid import UUID

from icalendar import Alarm, Calendar, Event

from core.db import Session
from core.i18n import Translator
from services import actors, duty, links, swaps

PATH = "/duty/shifts.ics"
LINK_LIFE = timedelta(days=180)  # a calendar asks again and again


def link(person: UUID, *, now: datetime) -> str:
    """Make the address of somebody's shifts; whoever has it reads times and grids, no ticket."""
    return f"{PATH}?key={links.key(person, PATH, now=now, life=LINK_LIFE)}"


async def read(session: Session, key: str, *, now: datetime) -> bytes:
    """Write the shifts of whoever's link this is; raises UserError `login-needed` (401)."""
    person = links.holder(key, PATH, now=now)
    by = await actors.actor(session, person)
    t = Translator((await actors.profile(session, person)).lang)
    calendar = Calendar()
    calendar.add("prodid", "-//Linling//duty//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", t("duty-calendar"))
    for one in await swaps.mine(session, by, now=now, running=True):
        entry = Event()
        entry.add("uid", f"{one.id}@linling")
        entry.add("dtstamp", now)
        entry.add("dtstart", one.starts_at)
        entry.add("dtend", one.ends_at)
        entry.add("summary", t("duty-entry", grid=one.grid, post=t(f"duty-post-{one.duty.value}")))
        bell = Alarm()
        bell.add("action", "DISPLAY")
        bell.add("description", t("duty-begins-next"))
        bell.add("trigger", -duty.EARLY)
        entry.add_component(bell)
        calendar.add_component(entry)
    written: bytes = calendar.to_ical()
    return written
