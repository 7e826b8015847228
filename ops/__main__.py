"""python -m ops [--demo] COMMAND: answers on standard output, logs on standard error."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

from core import log
from core.crypto import use_keyring
from core.db import Database
from core.errors import UserError
from core.i18n import LANGUAGES
from core.settings import Settings
from ops import story
from ops.embedded import AlreadyRunningError, StartError

Command = Callable[[argparse.Namespace], int]


def _out(text: str) -> None:
    sys.stdout.write(f"{text}\n")


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
        _out(json.dumps(asyncio.run(_filled(settings))))
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
        _out(json.dumps({"clean": clean, "invariants": results}, ensure_ascii=False))
    else:
        for one in results:
            _out(f"{'ok    ' if not one['broken'] else 'BROKEN'} {one['says']}"
                 + (f": {one['broken']} {one['examples']}" if one["broken"] else ""))  # fmt: skip
    return 0 if clean else 1


def _doctor(options: argparse.Namespace) -> int:
    from ops import doctor

    return doctor.run(_as_it_runs(Settings()), options.lang, as_json=options.json, say=_out)


def _menus(options: argparse.Namespace) -> int:
    from ops import menus

    settings = _as_it_runs(Settings())
    if not options.dry_run and settings.wechat.on:
        use_keyring(settings.keyring)
    code, says = menus.run(settings, options.lang, dry_run=options.dry_run)
    _out(says)
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
        _out(line)
    return 0


def _keys(options: argparse.Namespace) -> int:
    from ops import keys

    return keys.run(options.action, batch=options.batch, demo=options.demo, say=_out)


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
    _out(f"{options.account} may log in at /console")
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
    _out(json.dumps(asyncio.run(work)))
    return 0


def _bench(options: argparse.Namespace) -> int:
    from ops import bench

    return int(bench.run(options.name, as_json=options.json))


def _find(options: argparse.Namespace) -> int:
    from ops import find
    from ops.stack import joined

    at = find.place(options.at) if options.at else None
    with joined(demo=options.demo) as settings:
        now = find.moment(options.now, settings.timezone) if options.now else None
        queries = sys.stdin if options.query is None else [options.query]
        asking = find.Asking(at, now, options.limit, options.json)
        find.run(settings, options.community or settings.community, queries, asking)
    return 0


def _say(options: argparse.Namespace) -> int:
    from ops import say
    from ops.stack import joined

    with joined(demo=options.demo) as settings:
        community = options.community or settings.community
        asking = say.Asking(options.as_whom, community, not options.dry_run, options.json)
        say.run(settings, sys.stdin if options.text is None else [options.text], asking)
    return 0


def _import(options: argparse.Namespace) -> int:
    from ops.imports import Wishes, command, kind_of, meanings
    from ops.stack import joined

    means = meanings(kind_of(options.kind), options.map)
    wishes = Wishes(options.dry_run, options.skip_bad, means)
    with joined(demo=options.demo) as settings:
        report = command.bring_in(
            settings, options.community or settings.community, options.kind, options.file,
            wishes=wishes,
        )  # fmt: skip
    if options.json:
        _out(command.as_json(report, dry_run=options.dry_run))
    else:
        for line in command.as_text(report, dry_run=options.dry_run):
            _out(line)
    return 1 if report.faults and not report.written else 0


def _export(options: argparse.Namespace) -> int:
    from ops.imports import command, kind_of
    from ops.stack import joined

    kind_of(options.kind)
    if options.template:
        _out(command.template(options.kind, options.file))
        return 0
    with joined(demo=options.demo) as settings:
        community = options.community or settings.community
        whole = not options.masked
        _out(command.take_out(settings, community, options.kind, options.file, whole=whole))
    return 0


def _teams(options: argparse.Namespace) -> int:
    from core.i18n import Translator
    from ops import teams
    from ops.stack import joined

    with joined(demo=options.demo) as settings:
        found = teams.listed(settings, options.community or settings.community)
    for line in teams.as_text(found, Translator(options.lang)):
        _out(line)
    return 0


def _audit(options: argparse.Namespace) -> int:
    from ops import audit
    from ops.find import moment
    from ops.stack import joined

    with joined(demo=options.demo) as settings:
        if options.deed == "verify":
            proofs = audit.verify(settings)
            for line in audit.proofs(proofs, as_json=options.json):
                _out(line)
            return 0 if audit.all_whole(proofs) else 1
        since = moment(options.since, settings.timezone) if options.since else None
        community = options.community or settings.community
        found = audit.listing(settings, community, person=options.person, since=since)
    for line in audit.lines(found, as_json=options.json):
        _out(line)
    return 0


def _permissions(_options: argparse.Namespace) -> int:
    from ops import permissions

    changed = permissions.written(permissions.schema_of_routes())
    _out(f"{permissions.PAGE.name} {'written' if changed else 'is as it should be'}")
    return 0


def _describe_rights(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    """Describe what is said of rights, and of who used them."""
    audit = add("audit", _audit, "prove that the access log is whole, or list it")
    audit.add_argument("deed", choices=("verify", "list"))
    audit.add_argument("--json", action="store_true")
    audit.add_argument("--person", metavar="ID|PHONE", help="only looks at this person")
    audit.add_argument("--since", metavar="ISO", help="only looks since this moment")
    audit.add_argument("--community", help="its slug; LINLING_COMMUNITY if left out")
    add("permissions", _permissions, "write docs/permissions.md out of the table and the routes")


def _describe_servers(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    """Describe the commands that run until they are stopped."""
    demo = add("demo", _demo, "run everything on this machine with a community's figures")
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--fresh", action="store_true", help="forget the data of earlier demos")
    fakes = add("fakes", _fakes, "stand in for the vendors and show their phones, on this machine")
    fakes.add_argument("--port", type=int, required=True)
    fakes.add_argument("--product", required=True, metavar="BASE_URL", help="where `bot` answers")


def parser() -> argparse.ArgumentParser:
    """Describe every command."""
    made = argparse.ArgumentParser(prog="python -m ops", description=__doc__)
    made.add_argument("--demo", action="store_true", help="on a throwaway stack")
    commands = made.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, says: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=says, description=says)
        one.set_defaults(command=command)
        return one

    _describe_servers(add)
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
    find = add("find", _find, "find shops for a question; without one, a question a line")
    find.add_argument("query", nargs="?", metavar="QUERY")
    find.add_argument("--at", metavar="LON,LAT", help="WGS-84; the community's middle if left out")
    find.add_argument("--now", metavar="ISO", help="the moment for open or closed")
    find.add_argument("--limit", type=int, default=3)
    find.add_argument("--json", action="store_true")
    find.add_argument("--community", help="its slug; LINLING_COMMUNITY if left out")
    _tables(add)
    teams = add("teams", _teams, "list the teams and who belongs to them, a team a line")
    teams.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    teams.add_argument("--community", help="its slug; LINLING_COMMUNITY if left out")
    _describe_rights(add)
    say = add("say", _say, "take a turn of chat; without a text, a turn a line, each afresh")
    say.add_argument("text", nargs="?", metavar="TEXT")
    say.add_argument("--as", dest="as_whom", required=True, metavar="ROLE[:NAME]")
    say.add_argument("--json", action="store_true")
    say.add_argument("--dry-run", action="store_true", help="keep nothing of it")
    say.add_argument("--community", help="its slug; LINLING_COMMUNITY if left out")
    bench = add("bench", _bench, "measure on a throwaway stack")
    bench.add_argument("name", help="alarm, card, find, ingest, kill, ledger, race or say")
    bench.add_argument("--json", action="store_true")
    return made


def _tables(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    """Describe what brings tables in and out."""
    kinds = "buildings, residents, devices, shops, care, workers, activities or points"
    bring = add(
        "import", _import, "import a table (csv, xlsx); nothing is written unless all is well"
    )
    bring.add_argument("kind", metavar="KIND", help=kinds)
    bring.add_argument("file", metavar="FILE", type=Path)
    bring.add_argument("--dry-run", action="store_true", help="only check")
    bring.add_argument(
        "--skip-bad", action="store_true", help="write the good, and a file of the bad"
    )
    bring.add_argument(
        "--map", action="append", default=[], metavar="HEADER=COLUMN",
        help="which column a header of the file means; remembered",
    )  # fmt: skip
    bring.add_argument("--json", action="store_true")
    bring.add_argument("--community", help="its slug; LINLING_COMMUNITY if left out")
    take = add("export", _export, "export a table (csv, xlsx)")
    take.add_argument("kind", metavar="KIND", help=kinds)
    take.add_argument("file", metavar="FILE", type=Path)
    take.add_argument("--template", action="store_true", help="only the headers and an example")
    take.add_argument("--masked", action="store_true", help="with people masked, to hand it on")
    take.add_argument("--community", help="its slug; LINLING_COMMUNITY if left out")


def main() -> int:
    """Run a command; a fault a person can mend is one line on standard error."""
    log.configure("WARNING")
    options = parser().parse_args()
    try:
        return int(options.command(options))
    except (RuntimeError, ValueError, UserError, StartError, AlreadyRunningError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
