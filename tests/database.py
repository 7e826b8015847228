"""A migrated PostgreSQL database of its own for each test that asks for `db`."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from core.bus import RedisBus
from core.crypto import Keyring, keyring, use_keyring
from core.db import Database
from core.i18n import Translator
from ops.embedded import Urls
from ops.migrate import tables
from tests.stock import Stock, administer, named

TEMPLATE = "linling_template"
DATA_KEYS = "1:" + b64encode(bytes(range(32))).decode()
# The same house after a key was added: the second encrypts.
MORE_KEYS = f"{DATA_KEYS},2:" + b64encode(bytes(range(32, 64))).decode()


@pytest.fixture(autouse=True, scope="session")
def _house() -> None:
    """Set the keyring, and let a missing word or argument fail the test that meets it."""
    use_keyring(Keyring.parse(DATA_KEYS))
    Translator.strict = True


@pytest.fixture
def add_key() -> Iterator[Callable[[], None]]:
    """Seal with a second key once called; connections opened before still name the first."""
    kept = keyring()
    yield lambda: use_keyring(Keyring.parse(MORE_KEYS))
    use_keyring(kept)


@pytest.fixture(scope="session")
def template(urls: Urls) -> str:
    """Run the migrations once; tests work on copies of the result."""

    async def make() -> None:
        await administer(urls.database, f"CREATE DATABASE {TEMPLATE}")
        await tables(named(urls.database, TEMPLATE))

    asyncio.run(make())
    return TEMPLATE


@pytest.fixture(scope="session")
def stock(urls: Urls, template: str) -> Stock:
    """Keep the databases that tests have given back clean."""
    return asyncio.run(Stock.of(urls.database, template))


@pytest.fixture
async def db_url(stock: Stock) -> AsyncIterator[str]:
    """Give the test an empty migrated database."""
    name = await stock.take()
    yield named(stock.server, name)
    await stock.give_back(name)


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
