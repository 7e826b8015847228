"""Masks: what is left of a name, a telephone, an ID number, an address; and who needs none."""

import pytest

from core.actor import Actor, Grant, Role, ScopeKind
from core.ids import uuid7
from services import masks
from services.permissions import At

HERE, GRID, OTHER, ME, SOMEBODY = (uuid7() for _ in range(5))


@pytest.mark.parametrize(
    ("whole", "shown"),
    [
        ("张三", "张**"), ("陈桂芳", "陈**"), ("欧阳建国", "欧阳**"), ("欧阳修", "欧阳**"),
        ("司马", "司**"), ("东方", "东**"), ("爱新觉罗·启功", "爱**"), (" 王 ", "王**"), ("", ""),
    ],
)  # fmt: skip
def test_a_name_keeps_its_family_name(whole: str, shown: str) -> None:
    """Not even its length is told; two characters alone are a family and a given name."""
    assert masks.name(whole) == shown


@pytest.mark.parametrize(
    ("whole", "shown"),
    [
        ("13812341234", "138****1234"), ("+86 138-1234-1234", "138****1234"),
        ("0519-88001234", "051****1234"), ("5191234", "****"), ("", ""), ("none", ""),
    ],
)  # fmt: skip
def test_a_telephone_keeps_head_and_tail(whole: str, shown: str) -> None:
    """Of a short number nothing is left, for its tail would be most of it."""
    assert masks.phone(whole) == shown


@pytest.mark.parametrize(
    ("whole", "shown"),
    [("32040219451122002X", "**************002X"), ("1234", ""), ("", "")],
)
def test_an_id_number_keeps_its_end_alone(whole: str, shown: str) -> None:
    """Birthplace and birthday stand before it."""
    assert masks.id_number(whole) == shown


def test_an_address_keeps_its_building() -> None:
    """Stair and flat say who it is."""
    assert masks.address("3幢") == "3幢 ****"
    assert masks.address("") == ""


def asker(role: Role, kind: ScopeKind, scope: object, *more: Grant) -> Actor:
    """Make somebody of a role."""
    return Actor(ME, "", (Grant(role, HERE, kind, scope), *more))  # type: ignore[arg-type]


def test_who_sees_through_a_mask() -> None:
    """The grid's worker, relatives, oneself; an operator opens first, whatever else they are."""
    at, elsewhere = At(HERE, GRID, SOMEBODY), At(HERE, OTHER, SOMEBODY)
    worker = asker(Role.WORKER, ScopeKind.GRID, GRID)
    assert masks.whole(worker, at)
    assert not masks.whole(worker, elsewhere)
    assert masks.whole(asker(Role.FAMILY, ScopeKind.PERSON, SOMEBODY), elsewhere)
    assert masks.whole(asker(Role.RESIDENT, ScopeKind.COMMUNITY, HERE), At(HERE, OTHER, ME))
    operator = asker(Role.OPERATOR, ScopeKind.COMMUNITY, HERE)
    assert not masks.whole(operator, at)
    assert masks.whole(asker(Role.OPERATOR, ScopeKind.COMMUNITY, HERE, *worker.grants), at)
    for role in (Role.RESIDENT, Role.MERCHANT, Role.ELDER):
        assert not masks.whole(asker(role, ScopeKind.COMMUNITY, HERE), at)
