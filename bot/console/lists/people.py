"""Residents, and the devices that watch over them."""

from bot.console.deps import Operator
from bot.console.lists.shape import Act, Column, Filter, Listing, fixed
from core.db import Session
from core.i18n import Translator
from models import DeviceKind, Standing
from services.imports.words import people as people_words
from services.imports.words import tables
from services.lists import choices, devices, people
from services.permissions import Permission


async def grids(session: Session, by: Operator) -> list[tuple[str, str]]:
    """List the grids of whoever looks."""
    return await choices.grids(session, by.actor, Permission.PEOPLE_FIND, by.community)


async def buildings(session: Session, by: Operator) -> list[tuple[str, str]]:
    """List their buildings."""
    return await choices.buildings(session, by.actor, Permission.PEOPLE_FIND, by.community)


def _kind(t: Translator, code: str) -> str:
    return t(f"kind-{code}")


def _state(t: Translator, code: str) -> str:
    return t(f"state-{code}")


def _group(t: Translator, code: str) -> str:
    return t(f"group-{code}")


def _standing(t: Translator, code: str) -> str:
    return t("lives-here") if code == Standing.BOTH else t(f"standing-{code}")


def _yes(t: Translator, code: str) -> str:
    return t("list-yes") if code == "yes" else t("list-no")


PEOPLE = Listing(
    "people", "homes", Permission.PEOPLE_FIND, people.listing,
    (
        Column("name", title="person"), Column("phone"), Column("building"), Column("flat"), Column("grid"),
        Column("elder", "flag"), Column("groups", "groups", _group),
        Column("standing", words=_standing),
    ),
    (
        Filter("grid", grids), Filter("building", buildings),
        Filter("elder", fixed(["yes", "no"], _yes)),
        Filter("group", fixed(lambda: list(people_words()["groups"]), _group)),
        Filter("standing", fixed(list(Standing), _standing)),
    ),
    acts=(
        Act("open", "POST", "/api/console/people/{person}/open", Permission.PEOPLE_READ,
            when="masked", shows=True),
    ),
    personal=True, table="residents",
)  # fmt: skip
DEVICES = Listing(
    "devices", "devices", Permission.DEVICES_READ, devices.listing,
    (
        Column("state", "state", _state), Column("kind", words=_kind), Column("name"),
        Column("building"), Column("grid"), Column("battery", "number"),
        Column("last_seen", "moment"), Column("model"),
    ),
    (
        Filter("kind", fixed(list(DeviceKind), _kind)),
        Filter("state", fixed(["alarm", "handled", "offline", "normal"], _state)),
        Filter("grid", grids), Filter("building", buildings),
        Filter("source", fixed(lambda: list(tables()["sources"]), lambda _, code: code)),
    ),
    personal=True, table="devices",
)  # fmt: skip
