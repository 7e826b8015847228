"""Setting the house up, running it, examining it, measuring it."""

import argparse
import asyncio
import json
import sys

from core.crypto import use_keyring
from core.db import Database
from core.i18n import LANGUAGES
from core.settings import Settings
from ops import story
from ops.commands import Add, out


def describe(add: Add) -> None:
    """Describe what sets the house up, runs it, examines it and measures it."""
    demo = add("demo", _demo, "run everything on this machine with a community's figures")
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--fresh", action="store_true", help="forget the data of earlier demos")
    fakes = add("fakes", _fakes, "stand in for the vendors and show their phones, on this machine")
    fakes.add_argument("--port", type=int, required=True)
    fakes.add_argument("--product", required=True, metavar="BASE_URL", help="where `bot` answers")
    add("migrate", _migrate, "bring the database to the newest revision")
    add("seed", _seed, "fill in the demo community; safe to repeat")
    add("check", _check, "prove the invariants").add_argument("--json", action="store_true")
    doctor = add("doctor", _doctor, "examine the settings and every service that they name")
    doctor.add_argument("--json", action="store_true")
    doctor.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    menus = add("menus", _menus, "put the menu below the WeChat service account's chat")
    menus.add_argument("--dry-run", action="store_true", help="show it and push nothing")
    menus.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    story.describe(add("sim", _sim, "let devices live days in minutes, on the running stack"))
    add("decode", _decode, "decode device messages, a JSON line each, from standard input")
    keys = add("keys", _keys, "make keys for the environment, add one, count, seal all anew")
    keys.add_argument("action", nargs="?", choices=("new", "add", "list", "rotate"), default="new")
    keys.add_argument("--batch", type=int, default=500, help="rows in one transaction")
    init = add("init", _init, "make an operator who may log in; the password on standard input")
    init.add_argument("--account", required=True)
    init.add_argument("--name", help="shown to workers; the account's name if left out")
    init.add_argument("--phone", help="of the community's office; residents are sent to it")
    init.add_argument("--community", help="its slug; LINLING_COMMUNITY if left out")
    bench = add("bench", _bench, "measure on a throwaway stack")
    bench.add_argument("name", help="alarm, card, find, ingest, kill, ledger, race or say")
    bench.add_argument("--json", action="store_true")


def _demo(options: argparse.Namespace) -> int:
    from ops import demo

    return demo.run(options.port, fresh=options.fresh)


def _fakes(options: argparse.Namespace) -> int:
    from ops import phones

    phones.run(phones.with_fakes(Settings(), options.port), options.port, options.product)
    return 0


def _migrate(options: argparse.Namespace) -> int:
    from ops.migrate import migrate
    from ops.stack import joined
    from services import language

    with joined(demo=options.demo) as settings:
        use_keyring(settings.keyring)
        asyncio.run(migrate(settings.database_url))
        language.prepare(settings.home)  # fitted once, so that `bot` starts at once
    return 0


def _seed(options: argparse.Namespace) -> int:
    from ops.stack import joined

    with joined(demo=options.demo) as settings:
        use_keyring(settings.keyring)
        out(json.dumps(asyncio.run(_filled(settings))))
    return 0


async def _filled(settings: Settings) -> dict[str, int]:
    """Migrate and fill in the demo community."""
    from core.clock import utcnow
    from ops.migrate import migrate
    from ops.seed import seed

    await migrate(settings.database_url)
    db = Database(settings.database_url)
    try:
        return await seed(db, demo=True, now=utcnow())
    finally:
        await db.aclose()


def _check(options: argparse.Namespace) -> int:
    from core.clock import utcnow
    from ops import check
    from ops.stack import joined

    with joined(demo=options.demo) as settings:
        use_keyring(settings.keyring)
        if options.demo:
            asyncio.run(_filled(settings))

        async def work() -> list[dict[str, object]]:
            db = Database(settings.database_url)
            try:
                async with db.reading() as session:
                    return await check.run(session, now=utcnow())
            finally:
                await db.aclose()

        results = asyncio.run(work())
    clean = all(not one["broken"] for one in results)
    if options.json:
        out(json.dumps({"clean": clean, "invariants": results}, ensure_ascii=False))
    else:
        for one in results:
            out(f"{'ok    ' if not one['broken'] else 'BROKEN'} {one['says']}"
                 + (f": {one['broken']} {one['examples']}" if one["broken"] else ""))  # fmt: skip
    return 0 if clean else 1


def _doctor(options: argparse.Namespace) -> int:
    from ops import doctor

    return doctor.run(_as_it_runs(Settings()), options.lang, as_json=options.json, say=out)


def _menus(options: argparse.Namespace) -> int:
    from ops import menus

    settings = _as_it_runs(Settings())
    if not options.dry_run and settings.wechat.on:
        use_keyring(settings.keyring)
    code, says = menus.run(settings, options.lang, dry_run=options.dry_run)
    out(says)
    return code


def _as_it_runs(settings: Settings) -> Settings:
    """Fill in what a running demo says of itself; nothing is started and no key is made."""
    from ops.stack import read_run, updated, with_keys

    if (run := read_run(settings.home)) is None:
        return settings
    names = ("base_url", "database_url", "redis_url", "mqtt_url")
    return updated(with_keys(settings), demo=True, **{name: run[name] for name in names})


def _decode(_options: argparse.Namespace) -> int:
    from ops import decode

    for line in decode.run(sys.stdin):
        out(line)
    return 0


def _keys(options: argparse.Namespace) -> int:
    from ops import keys

    return keys.run(options.action, batch=options.batch, demo=options.demo, say=out)


def _init(options: argparse.Namespace) -> int:
    from ops.init import ask_phone, make_operator, read_password
    from ops.migrate import migrate
    from ops.stack import joined

    password = read_password()
    phone = options.phone if options.phone is not None else ask_phone()
    with joined(demo=options.demo) as settings:
        use_keyring(settings.keyring)

        async def work() -> None:
            await migrate(settings.database_url)
            db = Database(settings.database_url)
            try:
                await make_operator(
                    db,
                    community=options.community or settings.community,
                    account=options.account,
                    name=options.name or options.account,
                    password=password,
                    phone=phone,
                )
            finally:
                await db.aclose()

        asyncio.run(work())
    out(f"{options.account} may log in at /console")
    return 0


def _sim(options: argparse.Namespace) -> int:
    from ops.sim import days
    from ops.stack import RUN, read_run, with_keys

    settings = _as_it_runs(Settings())
    if read_run(settings.home) is None and not settings.mqtt_url:
        raise RuntimeError(f"Nothing runs here ({settings.home / RUN}): start `./dev demo` first.")
    settings = with_keys(settings)
    use_keyring(settings.keyring)
    community = options.community or settings.community
    work = days.run(settings, story.of(options), community, options.devices)
    out(json.dumps(asyncio.run(work)))
    return 0


def _bench(options: argparse.Namespace) -> int:
    from ops import bench

    return int(bench.run(options.name, as_json=options.json))
