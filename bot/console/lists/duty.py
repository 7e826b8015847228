"""The rota and its shifts, days off, swaps, and when the centre is staffed."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from bot.console.deps import Operator
from bot.console.duty import Hours, Staffed, Weekly
from bot.console.lists.shape import Act, Column, Filter, Listing, fixed
from core.db import Session
from core.i18n import Translator
from models import Duty
from services.imports.words import listed
from services.lists import choices, duty
from services.permissions import Permission

_API = "/api/console/duty"
STATES = ["on", "unconfirmed", "late", "left", "unreachable", "ahead"]
ANSWERS = ["waits", "accepted", "declined"]


class Rest(BaseModel):
    """Who rests on which day; both stand in the path."""

    model_config = ConfigDict(extra="forbid")
    person: UUID
    day: date


async def _grids(session: Session, by: Operator) -> list[tuple[str, str]]:
    return await choices.grids(session, by.actor, Permission.WORKERS_READ, by.community)


def _duty(t: Translator, code: str) -> str:
    return t(f"choice-{code}")


def _day(t: Translator, code: str) -> str:
    return t(f"weekday-{code}")


def _shift(t: Translator, code: str) -> str:
    return t(f"shift-is-{code}")


def _answer(t: Translator, code: str) -> str:
    return t(f"swap-is-{code}")


def span(t: Translator, one: Any) -> str:
    """Say some days and hours of the week."""
    days, hours = duty.written(one)
    said = listed(_day(t, day) for day in days) or t("list-every-day")
    return t("list-span", days=said, hours=hours)


ROTA = Listing(
    "rota", "duty", Permission.WORKERS_READ, duty.rota,
    (
        Column("grid"), Column("person"), Column("duty", words=_duty),
        Column("days", "chips", _day), Column("hours"),
    ),
    (Filter("grid", _grids),),
    (
        Act("add-post", "POST", f"{_API}/rota", Permission.DUTY_PLAN, on="list", body=Weekly),
        Act("end-post", "DELETE", f"{_API}/rota/{{id}}", Permission.DUTY_PLAN, sure=True),
    ),
    searched=False,
)  # fmt: skip
SHIFTS = Listing(
    "shifts", "duty", Permission.WORKERS_READ, duty.shifts,
    (
        Column("grid"), Column("person"), Column("duty", words=_duty),
        Column("starts_at", "moment"), Column("ends_at", "moment"),
        Column("state", words=_shift), Column("by_hand", "flag"),
        Column("open_tickets", "number"),
    ),
    (
        Filter("grid", _grids), Filter("duty", fixed(list(Duty), _duty)),
        Filter("state", fixed(STATES, _shift)),
    ),
    (
        Act("set-shift", "POST", f"{_API}/shifts", Permission.DUTY_PLAN, on="list", body=Hours),
        Act("call-off", "DELETE", f"{_API}/shifts/{{id}}", Permission.DUTY_PLAN, sure=True),
    ),
)  # fmt: skip
DAYS_OFF = Listing(
    "days-off", "duty", Permission.WORKERS_READ, duty.days_off,
    (Column("day", "day"), Column("who")),
    acts=(
        Act("give-rest", "POST", f"{_API}/rest/{{person}}/{{day}}", Permission.DUTY_PLAN,
            on="list", body=Rest),
        Act("take-back", "DELETE", f"{_API}/rest/{{person}}/{{day}}", Permission.DUTY_PLAN,
            sure=True),
    ),
)  # fmt: skip
SWAPS = Listing(
    "swaps", "duty", Permission.WORKERS_READ, duty.swaps,
    (
        Column("asked_at", "moment"), Column("person"), Column("whom"), Column("grid"),
        Column("starts_at", "moment"), Column("ends_at", "moment"),
        Column("answer", words=_answer),
    ),
    searched=False,
)  # fmt: skip
HOURS = Listing(
    "hours", "duty", Permission.WORKERS_READ, duty.hours,
    (Column("spans", "lines", span), Column("duty_phone")),
    acts=(
        Act("set-hours", "PUT", f"{_API}/hours", Permission.DUTY_PLAN, body=Staffed,
            takes="values"),
    ),
    searched=False,
)  # fmt: skip
