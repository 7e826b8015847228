"""Who may do what where."""

import pytest

from core.actor import CLOCK, DEVICES, Actor, Grant, Role, ScopeKind
from core.ids import uuid7

HERE, THERE = uuid7(), uuid7()
GRID, OTHER_GRID = uuid7(), uuid7()


def worker(kind: ScopeKind, scope: object = GRID) -> Actor:
    """Make a worker with one grant."""
    return Actor(uuid7(), "王建国", (Grant(Role.WORKER, HERE, kind, scope),))  # type: ignore[arg-type]


def test_a_grid_worker_works_in_their_grid_alone() -> None:
    """Not in the next grid, not in the community as a whole."""
    actor = worker(ScopeKind.GRID)
    assert actor.has(Role.WORKER, community=HERE, grid=GRID)
    assert not actor.has(Role.WORKER, community=HERE, grid=OTHER_GRID)
    assert not actor.has(Role.WORKER, community=HERE)


@pytest.mark.parametrize("kind", [ScopeKind.COMMUNITY, ScopeKind.STREET])
def test_a_wider_grant_covers_every_grid(kind: ScopeKind) -> None:
    """Of its own community."""
    actor = worker(kind, HERE)
    assert actor.has(Role.WORKER, community=HERE, grid=GRID)
    assert actor.has(Role.WORKER, community=HERE)


@pytest.mark.parametrize("kind", list(ScopeKind))
def test_no_grant_reaches_another_community(kind: ScopeKind) -> None:
    """Whatever its scope, even with the same grid's id."""
    assert not worker(kind).has(Role.WORKER, community=THERE, grid=GRID)


@pytest.mark.parametrize("kind", [ScopeKind.BUILDING, ScopeKind.PERSON])
def test_a_narrower_grant_covers_no_grid(kind: ScopeKind) -> None:
    """A building is less than its grid."""
    assert not worker(kind).has(Role.WORKER, community=HERE, grid=GRID)


def test_a_role_is_not_another() -> None:
    """A worker is no operator."""
    actor = worker(ScopeKind.COMMUNITY, HERE)
    assert not actor.has(Role.OPERATOR, community=HERE)
    assert actor.roles == {Role.WORKER}


def test_the_clock_and_the_devices_have_no_grants() -> None:
    """Services that they may call say so themselves."""
    for machine in (CLOCK, DEVICES):
        assert machine.machine
        assert machine.person is None
        assert machine.roles == frozenset()
