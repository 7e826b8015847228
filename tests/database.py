"""A migrated PostgreSQL database of its own for each test that asks for `db`."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from core.bus import RedisBus
from core.crypto import Keyring, keyring, use_keyring
from core.db import Database
from core.i18n import Translator
from ops.embedded import Urls
from ops.migrate import tables

TEMPLATE = "linling_template"
DATA_KEYS = "1:" + b64encode(bytes(range(32))).decode()
# The same house after a key was added: the second encrypts.
MORE_KEYS = f"{DATA_KEYS},2:" + b64encode(bytes(range(32, 64))).decode()
_numbers = count(1)


@pytest.fixture(autouse=True, scope="session")
def _house() -> None:
    """Set the keyring, and let a missing word or argument fail the test that meets it."""
    use_keyring(Keyring.parse(DATA_KEYS))
    Translator.strict = True


@pytest.fixture(autouse=True)
def _keys() -> None:
    """Seal with the tests' key again: commands and applications that a test runs set their own."""
    use_keyring(Keyring.parse(DATA_KEYS))


@pytest.fixture
def add_key() -> Iterator[Callable[[], None]]:
    """Seal with a second key once called; connections opened before still name the first."""
    kept = keyring()
    yield lambda: use_keyring(Keyring.parse(MORE_KEYS))
    use_keyring(kept)


async def _admin(url: str, statement: str) -> None:
    parts = make_url(url)
    connection = await asyncpg.connect(
        host=parts.query.get("host") or parts.host,
        port=parts.port,
        user=parts.username,
        password=parts.password,
        database="postgres",
    )
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def named(url: str, database: str) -> str:
    """Return the address of another database of the same server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def template(urls: Urls) -> str:
    """Run the migrations once; each test copies the result."""

    async def make() -> None:
        await _admin(urls.database, f"CREATE DATABASE {TEMPLATE}")
        await tables(named(urls.database, TEMPLATE))

    asyncio.run(make())
    return TEMPLATE


@pytest.fixture
async def db_url(urls: Urls, template: str) -> AsyncIterator[str]:
    """Give the test an empty migrated database and drop it afterwards."""
    name = f"test_{next(_numbers)}"
    # Files are copied in half the time that their blocks take through the log.
    await _admin(urls.database, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield named(urls.database, name)
    await _admin(urls.database, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def db(db_url: str) -> AsyncIterator[Database]:
    """Open the test's database."""
    opened = Database(db_url)
    yield opened
    await opened.aclose()


@pytest.fixture
async def bus(urls: Urls) -> AsyncIterator[RedisBus]:
    """Carry wake-ups; its connections end with the test."""
    opened = RedisBus(urls.redis)
    yield opened
    await opened.aclose()
