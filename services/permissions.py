"""Who may do what, and where: one table for every service, its rows the words of the access log."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.actor import CENTRE, Actor, Role, ScopeKind
from core.errors import UserError


class Permission(StrEnum):
    """What may be allowed."""

    PEOPLE_FIND = "people.find"
    PEOPLE_READ = "people.read"
    PEOPLE_WRITE = "people.write"
    HOMES_READ = "homes.read"
    HOMES_WRITE = "homes.write"
    BINDINGS_ASK = "bindings.ask"
    BINDINGS_DECIDE = "bindings.decide"
    FAMILY_DECIDE = "family.decide"
    PROXY_ACT = "proxy.act"
    GLASS_BREAK = "glass.break"
    GLASS_LIST = "glass.list"
    TABLES_IMPORT = "tables.import"
    TABLES_EXPORT = "tables.export"
    ACCESS_READ = "access.read"
    RULES_READ = "rules.read"
    RULES_WRITE = "rules.write"
    AWAY_SET = "away.set"
    DEVICES_SILENCE = "devices.silence"
    DEVICES_WRITE = "devices.write"
    DEVICES_REQUEST = "devices.request"
    MAP_READ = "map.read"
    FIGURES_READ = "figures.read"
    WORKERS_READ = "workers.read"
    DEVICES_READ = "devices.read"
    DUTY_TAKE = "duty.take"
    DUTY_PLAN = "duty.plan"
    TICKETS_READ = "tickets.read"
    TICKETS_WORK = "tickets.work"
    TICKETS_DISPATCH = "tickets.dispatch"
    TICKETS_NOTE = "tickets.note"
    WATCH_KEEP = "watch.keep"
    FIELD_READ = "field.read"
    DRILLS_RUN = "drills.run"
    BELL_TEST = "bell.test"
    FIGURES_KEEP = "figures.keep"
    DELIVERY_READ = "delivery.read"
    DELIVERY_RESEND = "delivery.resend"
    EMERGENCY_CALL = "emergency.call"
    HANDOVER_ASK = "handover.ask"
    HANDOVER_TALK = "handover.talk"
    ACTIVITIES_READ = "activities.read"
    ACTIVITIES_JOIN = "activities.join"
    ATTENDANCE_APPROVE = "attendance.approve"
    POINTS_READ = "points.read"
    POINTS_SPEND = "points.spend"
    POINTS_CREDIT = "points.credit"
    POINTS_REVERSE = "points.reverse"
    REDEMPTION_READ = "redemption.read"
    REDEMPTION_END = "redemption.end"
    SHOPS_REPORT = "shops.report"
    SHOPS_DECIDE = "shops.decide"
    SHOPS_TEACH = "shops.teach"
    CONSOLE_ENTER = "console.enter"
    ACCOUNTS_READ = "accounts.read"
    ACCOUNTS_MAKE = "accounts.make"
    ACCOUNTS_RESET = "accounts.reset"
    ROLES_GRANT = "roles.grant"
    WALLS_MAKE = "walls.make"
    OFFERS_READ = "offers.read"
    OFFERS_WRITE = "offers.write"


class Tie(StrEnum):
    """What joins an actor to somebody, or to a thing, without a role over the place."""

    SELF = "self"
    RELATIVE = "relative"
    PARTY = "party"
    GLASS = "glass"


@dataclass(frozen=True, slots=True)
class At:
    """Where what is asked about lies: a grid, without one the whole community; whose it is.

    `anywhere` is for what belongs to no grid: a role over any part of the community is enough.
    `parties` are the people between whom a thing is, such as a talk or a redemption.
    """

    community: UUID
    grid: UUID | None = None
    person: UUID | None = None
    anywhere: bool = False
    parties: tuple[UUID | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """Everywhere that an actor may do something: whole communities, and single grids."""

    communities: tuple[UUID, ...]
    grids: tuple[UUID, ...]


_WIDE = frozenset({ScopeKind.STREET, ScopeKind.COMMUNITY})
_STAFF = frozenset({Role.WORKER, Role.OPERATOR})
_WORKER = frozenset({Role.WORKER})
_OPERATOR = frozenset({Role.OPERATOR})
# Who works off the queue, in the whole community or the own grid; and who may watch it.
_DESK = frozenset({Role.OPERATOR, Role.DESK})
_QUEUE = _DESK | {Role.LEAD}
_WATCH = _QUEUE | {Role.STREET}
_SCREEN = _WATCH | {Role.WALL}
_MEMBER = frozenset(
    {Role.RESIDENT, Role.FAMILY, Role.ELDER, Role.WORKER, Role.MERCHANT, Role.OPERATOR}
)
_OWN = frozenset({Tie.SELF})
_BETWEEN = frozenset({Tie.PARTY})
RULES: Mapping[Permission, frozenset[Role | Tie]] = {
    Permission.PEOPLE_FIND: _STAFF | _QUEUE,
    Permission.PEOPLE_READ: _STAFF | _QUEUE | _OWN | {Tie.RELATIVE, Tie.GLASS},
    Permission.PEOPLE_WRITE: _STAFF,
    Permission.HOMES_READ: _STAFF | _QUEUE,
    Permission.HOMES_WRITE: _OPERATOR,
    Permission.BINDINGS_ASK: _OWN,
    Permission.BINDINGS_DECIDE: _STAFF,
    Permission.FAMILY_DECIDE: _STAFF | _OWN,
    Permission.PROXY_ACT: _WORKER,
    Permission.GLASS_BREAK: _STAFF | _DESK,
    Permission.GLASS_LIST: _OPERATOR,
    Permission.TABLES_IMPORT: _OPERATOR,
    Permission.TABLES_EXPORT: _OPERATOR,
    Permission.DEVICES_WRITE: _STAFF,
    Permission.DEVICES_REQUEST: _STAFF | _OWN | {Tie.RELATIVE},
    Permission.ACCESS_READ: _OPERATOR | {Role.AUDIT} | _OWN | {Tie.RELATIVE},
    Permission.MAP_READ: _SCREEN,
    Permission.FIGURES_READ: _SCREEN,
    Permission.WORKERS_READ: _WATCH,
    Permission.DEVICES_READ: _STAFF | _QUEUE,
    Permission.DUTY_TAKE: _STAFF,
    Permission.DUTY_PLAN: _OPERATOR,
    Permission.TICKETS_READ: _SCREEN,
    Permission.TICKETS_WORK: _STAFF | _QUEUE | _BETWEEN,
    Permission.TICKETS_DISPATCH: _QUEUE,
    Permission.WATCH_KEEP: _DESK,
    Permission.TICKETS_NOTE: _STAFF | _QUEUE | _BETWEEN,
    Permission.FIELD_READ: _STAFF,
    Permission.DRILLS_RUN: _OPERATOR,
    Permission.BELL_TEST: _OPERATOR,
    Permission.FIGURES_KEEP: _OPERATOR,
    Permission.DELIVERY_READ: _DESK,
    Permission.DELIVERY_RESEND: _DESK,
    Permission.EMERGENCY_CALL: _OWN,
    Permission.HANDOVER_ASK: _OWN,
    Permission.HANDOVER_TALK: _BETWEEN,
    Permission.ACTIVITIES_READ: _MEMBER,
    Permission.ACTIVITIES_JOIN: _MEMBER,
    Permission.ATTENDANCE_APPROVE: _STAFF,
    Permission.POINTS_READ: _OWN,
    Permission.POINTS_SPEND: _OWN,
    Permission.POINTS_CREDIT: _STAFF,
    Permission.POINTS_REVERSE: _OPERATOR,
    Permission.REDEMPTION_READ: _BETWEEN,
    Permission.REDEMPTION_END: frozenset({Role.MERCHANT}),
    Permission.SHOPS_REPORT: _MEMBER,
    Permission.SHOPS_DECIDE: _STAFF,
    Permission.SHOPS_TEACH: _OPERATOR,
    Permission.OFFERS_READ: _STAFF,
    Permission.OFFERS_WRITE: _OPERATOR,
    Permission.RULES_READ: _STAFF | _DESK | {Role.STREET},
    Permission.RULES_WRITE: _OPERATOR,
    Permission.AWAY_SET: _STAFF | {Tie.SELF, Tie.RELATIVE},
    Permission.DEVICES_SILENCE: _STAFF,
    Permission.CONSOLE_ENTER: CENTRE,
    Permission.ACCOUNTS_READ: frozenset({Role.OPERATOR, Role.SYSTEM, Role.SECURITY}),
    Permission.ACCOUNTS_MAKE: frozenset({Role.SYSTEM}),
    Permission.ACCOUNTS_RESET: frozenset({Role.SECURITY}),
    Permission.ROLES_GRANT: frozenset({Role.SECURITY}),
    Permission.WALLS_MAKE: frozenset({Role.OPERATOR, Role.SECURITY}),
}
# What goes on before visitors: its services name nobody to a masked screen. All else waits.
BEFORE_VISITORS = frozenset(
    {
        Permission.CONSOLE_ENTER, Permission.MAP_READ, Permission.FIGURES_READ,
        Permission.TICKETS_READ, Permission.TICKETS_WORK, Permission.TICKETS_NOTE,
        Permission.TICKETS_DISPATCH, Permission.WORKERS_READ,
        Permission.HOMES_READ, Permission.RULES_READ,
    }
)  # fmt: skip


def allowed(by: Actor, what: Permission, at: At) -> bool:
    """Tell whether the actor may do this there; the house's own machines may."""
    if by.machine:
        return True
    if by.masked and what not in BEFORE_VISITORS:
        return False
    return any(_holds(by, one, at) for one in RULES[what])


def require(by: Actor, what: Permission, at: At) -> None:
    """Raise UserError `not-allowed` (403) unless the actor may do this there.

    Before visitors what would name somebody is `visitors-present` (403).
    """
    if not allowed(by, what, at):
        raise UserError(_refusal(by, what), status=403)


def within(by: Actor, what: Permission, community: UUID) -> list[UUID] | None:
    """Tell the grids of which a list may tell, None for all; raises as `require` where none."""
    if allowed(by, what, At(community)):
        return None
    grids = [
        grant.scope
        for grant in by.grants
        if grant.scope_kind is ScopeKind.GRID
        if allowed(by, what, At(community, grant.scope))
    ]
    if not grids:
        raise UserError(_refusal(by, what), status=403)
    return grids


def rights(by: Actor, community: UUID) -> list[Permission]:
    """List what a role lets the actor do in a community or anywhere within it."""
    here = At(community, anywhere=True)
    return [what for what in Permission if allowed(by, what, here)]


def _refusal(by: Actor, what: Permission) -> str:
    return "visitors-present" if by.masked and what not in BEFORE_VISITORS else "not-allowed"


def reach(by: Actor, what: Permission) -> Reach:
    """Tell everywhere that a role lets the actor do this; raises as `require` where nowhere."""
    if by.masked and what not in BEFORE_VISITORS:
        raise UserError(_refusal(by, what), status=403)
    grants = [grant for grant in by.grants if grant.role in RULES[what]]
    found = Reach(
        tuple(dict.fromkeys(one.community for one in grants if one.scope_kind in _WIDE)),
        tuple(dict.fromkeys(one.scope for one in grants if one.scope_kind is ScopeKind.GRID)),
    )
    if not found.communities and not found.grids:
        raise UserError("not-allowed", status=403)
    return found


def _holds(by: Actor, one: Role | Tie, at: At) -> bool:
    if isinstance(one, Role):
        if at.anywhere and any(
            grant.role is one and grant.community == at.community for grant in by.grants
        ):
            return True
        return by.has(one, community=at.community, grid=at.grid)
    if by.person is None:
        return False
    if one is Tie.PARTY:
        return by.person in at.parties
    if at.person is None:
        return False
    if one is Tie.GLASS:
        behind = At(at.community, anywhere=True)
        return at.person in by.glass and allowed(by, Permission.GLASS_BREAK, behind)
    return by.person == at.person if one is Tie.SELF else at.person in by.elders
