"""Who acts: a person with roles, a device, or the clock. Every service asks it, not the button."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a membership allows; the scope says where."""

    RESIDENT = "resident"
    FAMILY = "family"
    ELDER = "elder"
    WORKER = "worker"
    MERCHANT = "merchant"
    OPERATOR = "operator"
    STREET = "street"
    LEAD = "lead"
    DESK = "desk"
    WALL = "wall"
    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"


# Who is let into the command centre; a wall screen is nobody, and has a token of its own.
CENTRE = frozenset(
    {
        Role.OPERATOR, Role.STREET, Role.LEAD, Role.DESK, Role.SYSTEM, Role.SECURITY, Role.AUDIT,
    }
)  # fmt: skip


class ScopeKind(StrEnum):
    """How wide a membership reaches, widest first."""

    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    BUILDING = "building"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role within one scope; `community` is the community that the scope lies in."""

    role: Role
    community: UUID
    scope_kind: ScopeKind
    scope: UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that asks a service to act.

    `way` is where they are: a channel's name, `console` or `ops`. `through` is the worker who acts
    for a person without chat (代办): what is done is the person's, the log names both.
    `glass` are people whom this very look may show beyond the own scope, in an emergency.
    `masked` is a screen before visitors, or on a wall: nobody is named on it.
    """

    person: UUID | None
    name: str
    grants: tuple[Grant, ...] = field(default=())
    machine: bool = False
    way: str = ""
    through: UUID | None = None
    glass: frozenset[UUID] = frozenset()
    masked: bool = False

    def has(self, role: Role, *, community: UUID, grid: UUID | None = None) -> bool:
        """Tell whether a grant of this role covers the grid (or, without one, the community)."""
        for grant in self.grants:
            if grant.role is not role or grant.community != community:
                continue
            if grant.scope_kind in {ScopeKind.STREET, ScopeKind.COMMUNITY}:
                return True
            if grant.scope_kind is ScopeKind.GRID and grid is not None and grant.scope == grid:
                return True
        return False

    @property
    def elders(self) -> frozenset[UUID]:
        """Collect the elders whose relative this is, with their consent."""
        return frozenset(
            grant.scope
            for grant in self.grants
            if grant.role is Role.FAMILY and grant.scope_kind is ScopeKind.PERSON
        )

    @property
    def roles(self) -> frozenset[Role]:
        """Collect the roles held anywhere."""
        return frozenset(grant.role for grant in self.grants)


CLOCK = Actor(person=None, name="clock", machine=True)
DEVICES = Actor(person=None, name="devices", machine=True)
