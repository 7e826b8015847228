"""Accounts and their roles, screens on walls, and who looked at whom."""

from bot.console.deps import Operator
from bot.console.lists.shape import Act, Column, Filter, Listing, fixed
from bot.console.staff import Account, Given, Screen
from cards import access
from cards.access import TOLD
from core.actor import CENTRE, Role
from core.db import Session
from core.i18n import Translator
from services import staff as accounts
from services.lists import staff
from services.looks import Entry
from services.permissions import Permission

STANDINGS = ("safe", "unsafe", "unready", "closed")
WAYS = ("console", "field", "ops")
CHANNELS = ("web", "wechat", "miniprogram", "wecom", "telegram")
PERIODS = ["1", "7", "30", "90"]
_API = "/api/console/accounts"
_ROLES = [role.value for role in Role if role in CENTRE]


def _role(t: Translator, code: str) -> str:
    return t(f"role-{code}")


def _held(t: Translator, code: str) -> str:
    role, _, grid = code.partition(" ")
    return t("account-role-in", role=t(f"role-{role}"), grid=grid) if grid else t(f"role-{role}")


def _standing(t: Translator, code: str) -> str:
    return t(f"account-is-{code}")


def _look(t: Translator, one: Entry) -> str:
    return access.look(one, t)


def _way(t: Translator, code: str) -> str:
    if code in WAYS:
        return t(f"way-{code}")
    return t(f"channel-{code}") if code in CHANNELS else code


def _deed(t: Translator, code: str) -> str:
    return t(f"deed-{code.replace('.', '_')}")


def _period(t: Translator, days: str) -> str:
    return t("list-period", days=int(days))


async def _actors(session: Session, by: Operator) -> list[tuple[str, str]]:
    found = await accounts.actors(session, by.actor, community=by.community)
    return [(str(person), name) for person, name in found]


ACCOUNTS = Listing(
    "accounts", "accounts", Permission.ACCOUNTS_READ, staff.accounts,
    (
        Column("account"), Column("name"), Column("roles", "chips", _held),
        Column("standing", words=_standing, title="account-standing"), Column("entered", "moment"),
    ),
    (Filter("role", fixed(_ROLES, _role)),),
    (
        Act("make-account", "POST", _API, Permission.ACCOUNTS_MAKE, on="list", body=Account),
        Act("give-role", "POST", f"{_API}/{{id}}/roles", Permission.ROLES_GRANT, body=Given),
        Act("reset-account", "POST", f"{_API}/{{id}}/reset", Permission.ACCOUNTS_RESET, sure=True),
        Act("revoke-sessions", "POST", f"{_API}/{{id}}/revoke", Permission.ACCOUNTS_RESET,
            sure=True),
        Act("close-account", "POST", f"{_API}/{{id}}/close", Permission.ACCOUNTS_MAKE, sure=True,
            when="opened"),
        Act("reopen-account", "POST", f"{_API}/{{id}}/reopen", Permission.ACCOUNTS_MAKE,
            when="closed"),
    ),
)  # fmt: skip
ROLES = Listing(
    "roles", "accounts", Permission.ACCOUNTS_READ, staff.roles,
    (Column("account"), Column("name"), Column("role", words=_role), Column("grid")),
    (Filter("role", fixed(_ROLES, _role)),),
    (
        Act("take-role", "DELETE", f"{_API}/{{person}}/roles/{{id}}", Permission.ROLES_GRANT,
            sure=True),
    ),
)  # fmt: skip
WALLS = Listing(
    "walls", "accounts", Permission.WALLS_MAKE, staff.screens,
    (
        Column("name", title="wall-name"), Column("by"), Column("made", "moment"),
        Column("used", "moment"),
    ),
    acts=(
        Act("make-wall", "POST", "/api/console/walls", Permission.WALLS_MAKE, on="list",
            body=Screen),
        Act("end-wall", "DELETE", "/api/console/walls/{id}", Permission.WALLS_MAKE, sure=True),
    ),
    searched=False,
)  # fmt: skip
ACCESS = Listing(
    "access", "accounts", Permission.ACCESS_READ, staff.log,
    (
        Column("at", "moment", title="log-at"), Column("entry", "long", _look),
        Column("way", words=_way),
    ),
    (
        Filter("actor", _actors),
        Filter("action", fixed(sorted(one.value for one in TOLD), _deed)),
        Filter("period", fixed(PERIODS, _period)),
    ),
)  # fmt: skip
