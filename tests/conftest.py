"""What every test may ask for: real servers, and the programs of the machine."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.clock import utcnow
from core.db import Database
from ops.embedded import Urls, servers
from services import language
from tests.system import INSTALL, find
from tests.world import START, World

if TYPE_CHECKING:
    from tests.town import Town

SLOW_FOLDERS = frozenset(("crash", "browser", "embedded"))
# What the session's servers may write: several databases and the log of changes.
ROOM = 4 << 30

pytest_plugins = ["tests.database", "tests.live"]


def pytest_configure(config: pytest.Config) -> None:
    """Keep the fitted intent model between sessions; nothing is fitted before a test needs it."""
    language.use_folder(Path(config.rootpath) / ".pytest_cache" / "language")


@pytest.fixture
async def world(request: pytest.FixtureRequest, db: Database, tmp_path: Path) -> World:
    """Build the small community of tests/world.py in a database of its own.

    Its clock starts at START; under `real_clock` now, where the application's own is read too.
    """
    real = request.node.get_closest_marker("real_clock")
    return await World.built(db, tmp_path, now=utcnow() if real else START)


@pytest.fixture
async def town(db: Database, db_url: str, urls: Urls, tmp_path: Path) -> "AsyncIterator[Town]":
    """Open the community with every channel on, the vendors' fakes opposite."""
    from tests.town import opened  # heavy: the whole application and every vendor's libraries

    async with opened(db, db_url, urls, tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def urls() -> Iterator[Urls]:
    """Run PostgreSQL and Redis for the whole session; a test makes its own database there."""
    with (
        tempfile.TemporaryDirectory(prefix="linling-test-", dir=_memory()) as home,
        servers(Path(home), want=("postgres", "redis"), fsync=False) as running,
    ):
        yield running


def _memory() -> str | None:
    """Return a folder in memory where the machine has room there: a database is copied in 20 ms."""
    shared = Path("/dev/shm")  # noqa: S108 -- the folder made there is private, as mkdtemp makes it
    roomy = os.access(shared, os.W_OK) and shutil.disk_usage(shared).free >= ROOM
    return str(shared) if roomy else None


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """Run mosquitto for the whole session; ask with `needs_system("mosquitto")`."""
    with (
        tempfile.TemporaryDirectory(prefix="linling-test-") as home,
        servers(Path(home), want=("broker",)) as running,
    ):
        yield running.mqtt


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests whose program is absent, or refuse to run under REQUIRE_SYSTEM=1.

    Folders with processes of their own go first: begun last, one of them would keep a single core
    busy while the others have nothing left to do.
    """
    items.sort(key=lambda item: item.path.parent.name not in SLOW_FOLDERS)
    wanted = {item: needed_programs(item) for item in items}
    absent = {name for names in wanted.values() for name in names if find(name) is None}
    if not absent:
        return
    hints = "; ".join(f"{name} ({INSTALL.get(name, 'install it')})" for name in sorted(absent))
    if os.environ.get("REQUIRE_SYSTEM") == "1":
        raise pytest.UsageError(f"REQUIRE_SYSTEM=1, but absent: {hints}")
    left_out = [item for item in items if wanted[item] & absent]
    items[:] = [item for item in items if not wanted[item] & absent]
    config.hook.pytest_deselected(items=left_out)
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line(f"{len(left_out)} tests left out, absent: {hints}")


def needed_programs(item: pytest.Item) -> set[str]:
    """Name the programs that a test's marks ask for."""
    return {
        program for mark in item.iter_markers("needs_system") for program in map(str, mark.args)
    }
