"""Who may do what, and where: one table for every service, its rows the words of the access log."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.actor import Actor, Role, ScopeKind
from core.errors import UserError


class Permission(StrEnum):
    """What may be allowed."""

    PEOPLE_FIND = "people.find"
    PEOPLE_READ = "people.read"
    PEOPLE_WRITE = "people.write"
    HOMES_READ = "homes.read"
    HOMES_WRITE = "homes.write"
    BINDINGS_DECIDE = "bindings.decide"
    FAMILY_DECIDE = "family.decide"
    PROXY_ACT = "proxy.act"
    GLASS_BREAK = "glass.break"
    TABLES_IMPORT = "tables.import"
    TABLES_EXPORT = "tables.export"
    ACCESS_READ = "access.read"
    RULES_READ = "rules.read"
    RULES_WRITE = "rules.write"
    AWAY_SET = "away.set"
    DEVICES_SILENCE = "devices.silence"


class Tie(StrEnum):
    """What joins an actor to somebody without a role over the place."""

    SELF = "self"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class At:
    """Where what is asked about lies: a grid, without one the whole community; whose it is."""

    community: UUID
    grid: UUID | None = None
    person: UUID | None = None


_STAFF = frozenset({Role.WORKER, Role.OPERATOR})
_OPERATOR = frozenset({Role.OPERATOR})
RULES: Mapping[Permission, frozenset[Role | Tie]] = {
    Permission.PEOPLE_FIND: _STAFF,
    Permission.PEOPLE_READ: _STAFF | {Tie.SELF},
    Permission.PEOPLE_WRITE: _STAFF,
    Permission.HOMES_READ: _STAFF,
    Permission.HOMES_WRITE: _OPERATOR,
    Permission.BINDINGS_DECIDE: _STAFF,
    Permission.FAMILY_DECIDE: _STAFF | {Tie.SELF},
    Permission.PROXY_ACT: frozenset({Role.WORKER}),
    Permission.GLASS_BREAK: _STAFF,
    Permission.TABLES_IMPORT: _OPERATOR,
    Permission.TABLES_EXPORT: _OPERATOR,
    Permission.ACCESS_READ: _OPERATOR | {Tie.SELF},
    Permission.RULES_READ: _STAFF,
    Permission.RULES_WRITE: _OPERATOR,
    Permission.AWAY_SET: _STAFF | {Tie.SELF, Tie.RELATIVE},
    Permission.DEVICES_SILENCE: _STAFF,
}


def allowed(by: Actor, what: Permission, at: At) -> bool:
    """Tell whether the actor may do this there; the house's own machines may."""
    if by.machine:
        return True
    return any(_holds(by, one, at) for one in RULES[what])


def require(by: Actor, what: Permission, at: At) -> None:
    """Raise UserError `not-allowed` (403) unless the actor may do this there."""
    if not allowed(by, what, at):
        raise UserError("not-allowed", status=403)


def _holds(by: Actor, one: Role | Tie, at: At) -> bool:
    if isinstance(one, Role):
        return by.has(one, community=at.community, grid=at.grid)
    if at.person is None:
        return False
    if one is Tie.SELF:
        return by.person == at.person
    return any(
        grant.scope_kind is ScopeKind.PERSON and grant.scope == at.person
        for grant in by.grants
        if grant.role is Role.FAMILY
    )
