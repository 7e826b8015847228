"""Encrypted WeChat text → a whole turn → the encrypted passive reply, one HTTP process."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from itertools import cycle

import uvloop

from core.clock import utcnow
from core.crypto import use_keyring
from core.db import Database
from core.settings import Settings
from ops.bench import Report, percentile
from ops.bench.fleet import Size, analyse, build, checkpoint
from ops.bench.ground import Ground, answers, free_port, ground, wait_until
from ops.fakes.wechat_crypto import Crypto
from ops.fakes.wechat_push import passive_text, written
from ops.migrate import migrate
from services import language

PEOPLE = 200
AT_ONCE = 16
WARM_S, MEASURED_S = 8.0, 30.0
MOST_A_HAND = 1_500  # of 16 hands: more than any machine like ours answers in that time
APPID, TOKEN = "wx-bench", "bench-token"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
OWN = f"gh_{APPID}"
# What a morning brings: menus, words that a rule knows, words for the model, a number.
SAID = ("帮助", "我的积分", "最近社区有什么活动啊", "谢谢", "家里怎么样", "1", "积分能换点什么")
BUDGET = {"turns_per_s": "≥ 300", "p99_ms": "≤ 150", "wrong": "= 0"}


@dataclass
class Run:
    """What the hands saw; `counting` once everybody is warm."""

    crypto: Crypto
    port: int
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    counting: bool = False
    stop: bool = False
    took: list[float] = field(default_factory=list)
    answers: list[tuple[str, int, bytes]] = field(default_factory=list)


def measure() -> Report:
    """Measure on a throwaway stack."""
    with ground() as place:
        return uvloop.run(_measure(place))


async def _measure(place: Ground) -> Report:
    settings = place.settings
    use_keyring(settings.keyring)
    await migrate(settings.database_url)
    await asyncio.to_thread(language.prepare, settings.home)
    db = Database(settings.database_url, pool=2)
    await build(db, Size(homes=1, grids=1, kind="smoke"), now=utcnow())
    await analyse(db)
    await checkpoint(db)
    await db.aclose()
    port = free_port()
    place.bot("bot", port, _wechat())
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), 30, "the process is up")
    run = Run(Crypto(APPID, TOKEN, AES_KEY), port)
    hands = [asyncio.create_task(_hand(run, number)) for number in range(AT_ONCE)]
    await asyncio.sleep(0)  # each has written its letters now
    run.ready.set()
    await asyncio.sleep(WARM_S)
    run.counting, began, worked = True, time.perf_counter(), place.cpu_s("bot")
    await asyncio.sleep(MEASURED_S)
    seconds, run.stop = time.perf_counter() - began, True
    worked = place.cpu_s("bot") - worked
    await asyncio.gather(*hands)
    return _report(run, seconds, worked)


def _wechat() -> dict[str, str]:
    return {
        "LINLING_WECHAT__APPID": APPID,
        "LINLING_WECHAT__SECRET": "bench",
        "LINLING_WECHAT__TOKEN": TOKEN,
        "LINLING_WECHAT__AES_KEY": AES_KEY,
        "LINLING_WECHAT__API_BASE": "http://127.0.0.1:9",  # nobody there: nothing may be sent
        "LINLING_COMMUNITY": Settings().community,
    }


async def _hand(run: Run, number: int) -> None:
    """Let some of the people write, one after the other, over one kept connection.

    What is said is encrypted beforehand and what comes back is read afterwards: WeChat does that
    on machines of its own.
    """
    people = cycle(f"o-{one}" for one in range(number, PEOPLE, AT_ONCE))
    said = zip(range(MOST_A_HAND), people, cycle(SAID), strict=False)
    letters = [(person, _request(run.crypto, person, text)) for _, person, text in said]
    await run.ready.wait()
    reader, writer = await asyncio.open_connection("127.0.0.1", run.port)
    for person, letter in letters:
        if run.stop:
            break
        began = time.perf_counter()
        writer.write(letter)
        status, body = await _answer(reader)
        if run.counting:
            run.took.append(time.perf_counter() - began)
            run.answers.append((person, status, body))
    writer.close()


def _request(crypto: Crypto, person: str, text: str) -> bytes:
    """Write the push as WeChat does, with the fake's own encryption."""
    now = utcnow()
    body = {
        "ToUserName": OWN, "FromUserName": person, "CreateTime": int(now.timestamp()),
        "MsgType": "text", "Content": text, "MsgId": f"{secrets.randbits(62)}",
    }  # fmt: skip
    query, raw = written(crypto, body, now=now, as_json=False)
    path = "/wechat?" + "&".join(f"{key}={value}" for key, value in query.items())
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: text/xml\r\n"
        f"content-length: {len(raw)}\r\n\r\n"
    )
    return head.encode() + raw


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    size = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
    return int(head.split(" ", 2)[1]), await reader.readexactly(size)


def _is_reply(crypto: Crypto, status: int, body: bytes, person: str) -> bool:
    """Tell whether WeChat would show this; `success` would mean that nothing was said in time."""
    try:
        return status == 200 and bool(passive_text(crypto, body, to=person, by=OWN))
    except ValueError:
        return False


def _report(run: Run, seconds: float, worked: float) -> Report:
    wrong = sum(
        not _is_reply(run.crypto, status, body, person) for person, status, body in run.answers
    )
    figures = {
        "turns_per_s": len(run.took) / seconds,
        "p50_ms": percentile(run.took, 0.50) * 1000,
        "p99_ms": percentile(run.took, 0.99) * 1000,
        "bot_cpu_ms": worked / max(len(run.took), 1) * 1000,
        "turns": len(run.took),
        "wrong": wrong,
    }
    kept = figures["turns_per_s"] >= 300 and figures["p99_ms"] <= 150 and wrong == 0
    return Report("chat", figures, BUDGET, kept)
