"""Questions to the house, lists in and out, and who looked at whom."""

import argparse
import sys
from pathlib import Path

from core.actor import CENTRE, Role
from core.i18n import LANGUAGES
from ops.commands import Add, out


def describe(add: Add) -> None:
    """Describe what is asked of the house, and what comes in and goes out."""
    find = add("find", _find, "find shops for a question; without one, a question a line")
    find.add_argument("query", nargs="?", metavar="QUERY")
    find.add_argument("--at", metavar="LON,LAT", help="WGS-84; the community's middle if left out")
    find.add_argument("--now", metavar="ISO", help="the moment for open or closed")
    find.add_argument("--limit", type=int, default=3)
    find.add_argument("--json", action="store_true")
    find.add_argument("--community", help="its slug; LINLING_COMMUNITY if left out")
    say = add("say", _say, "take a turn of chat; without a text, a turn a line, each afresh")
    say.add_argument("text", nargs="?", metavar="TEXT")
    say.add_argument("--as", dest="as_whom", required=True, metavar="ROLE[:NAME]")
    say.add_argument("--json", action="store_true")
    say.add_argument("--dry-run", action="store_true", help="keep nothing of it")
    say.add_argument("--community", help="its slug; LINLING_COMMUNITY if left out")
    _describe_tables(add)
    _describe_rights(add)


def _describe_tables(add: Add) -> None:
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
    teams = add("teams", _teams, "list the teams and who belongs to them, a team a line")
    teams.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    teams.add_argument("--community", help="its slug; LINLING_COMMUNITY if left out")


def _describe_rights(add: Add) -> None:
    user = add("user", _user, "make or reset an account of the command centre, or list them all")
    user.add_argument("deed", choices=("add", "reset", "list"))
    user.add_argument("--account", help="the name to log in with")
    user.add_argument("--name", help="whose account it is; the account's name if left out")
    user.add_argument("--role", choices=sorted(CENTRE), help="what the account may do")
    user.add_argument("--grid", type=int, metavar="N", help="the grid of a lead")
    user.add_argument("--community", help="its slug; LINLING_COMMUNITY if left out")
    audit = add("audit", _audit, "prove that the access log is whole, or list it")
    audit.add_argument("deed", choices=("verify", "list"))
    audit.add_argument("--json", action="store_true")
    audit.add_argument("--person", metavar="ID|PHONE", help="only looks at this person")
    audit.add_argument("--since", metavar="ISO", help="only looks since this moment")
    audit.add_argument("--community", help="its slug; LINLING_COMMUNITY if left out")
    add("permissions", _permissions, "write docs/permissions.md out of the table and the routes")


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
    from ops.imports import command, kind_of, meanings
    from ops.stack import joined
    from services.imports.reports import Wishes

    means = meanings(kind_of(options.kind), options.map)
    wishes = Wishes(options.dry_run, options.skip_bad, means)
    with joined(demo=options.demo) as settings:
        report = command.bring_in(
            settings, options.community or settings.community, options.kind, options.file,
            wishes=wishes,
        )  # fmt: skip
    if options.json:
        out(command.as_json(report, dry_run=options.dry_run))
    else:
        for line in command.as_text(report, dry_run=options.dry_run):
            out(line)
    return 1 if report.faults and not report.written else 0


def _export(options: argparse.Namespace) -> int:
    from ops.imports import command, kind_of
    from ops.stack import joined

    kind_of(options.kind)
    if options.template:
        out(command.template(options.kind, options.file))
        return 0
    with joined(demo=options.demo) as settings:
        community = options.community or settings.community
        whole = not options.masked
        out(command.take_out(settings, community, options.kind, options.file, whole=whole))
    return 0


def _teams(options: argparse.Namespace) -> int:
    from core.i18n import Translator
    from ops import teams
    from ops.stack import joined

    with joined(demo=options.demo) as settings:
        found = teams.listed(settings, options.community or settings.community)
    for line in teams.as_text(found, Translator(options.lang)):
        out(line)
    return 0


def _user(options: argparse.Namespace) -> int:
    from ops import users
    from ops.stack import joined

    if options.deed != "list" and not options.account:
        raise ValueError(f"user {options.deed} wants --account")
    if options.deed == "add" and not options.role:
        raise ValueError("user add wants --role")
    with joined(demo=options.demo) as settings:
        slug = options.community or settings.community
        if options.deed == "list":
            for one in users.listed(settings, slug):
                out(users.as_line(one))
        elif options.deed == "reset":
            out(users.reset(settings, slug, options.account))
        else:
            out(
                users.add(
                    settings, slug, account=options.account, name=options.name or options.account,
                    role=Role(options.role), grid=options.grid,
                )
            )  # fmt: skip
    return 0


def _audit(options: argparse.Namespace) -> int:
    from ops import audit
    from ops.find import moment
    from ops.stack import joined

    with joined(demo=options.demo) as settings:
        if options.deed == "verify":
            proofs = audit.verify(settings)
            for line in audit.proofs(proofs, as_json=options.json):
                out(line)
            return 0 if audit.all_whole(proofs) else 1
        since = moment(options.since, settings.timezone) if options.since else None
        community = options.community or settings.community
        found = audit.listing(settings, community, person=options.person, since=since)
    for line in audit.lines(found, as_json=options.json):
        out(line)
    return 0


def _permissions(_options: argparse.Namespace) -> int:
    from ops import permissions

    changed = permissions.written(permissions.schema_of_routes())
    out(f"{permissions.PAGE.name} {'written' if changed else 'is as it should be'}")
    return 0
