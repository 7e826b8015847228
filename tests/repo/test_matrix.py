"""The matrix in docs/permissions.md is what the table and the routes say."""

from core.actor import Role
from ops import permissions
from services.permissions import Permission


def test_the_page_is_what_the_table_and_the_routes_say() -> None:
    """A changed right is seen in the review of the page; `python -m ops permissions` writes it."""
    written = permissions.PAGE.read_text("utf-8")
    assert written == permissions.page(permissions.schema_of_routes())


def test_nobody_reaches_into_another_community() -> None:
    """Whatever the role, only what is one's own goes across."""
    for role in (*Role, None):
        for what in Permission:
            assert "other community" not in permissions.where(role, what), (role, what)


def test_a_stranger_has_only_what_is_their_own() -> None:
    """Without a role there is oneself, and what one is a party to."""
    found = {place for what in Permission for place in permissions.where(None, what)}
    assert found == {"self", "party"}


def test_a_worker_reads_people_of_the_own_grid_alone() -> None:
    """And others of the community through broken glass, as nobody else does."""
    found = permissions.where(Role.WORKER, Permission.PEOPLE_READ)
    assert found == ["own grid", "no grid", "self", "glass"]
    for role in set(Role) - {Role.WORKER}:
        assert "glass" not in permissions.where(role, Permission.PEOPLE_READ)
