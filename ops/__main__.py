"""python -m ops [--demo] COMMAND: answers on standard output, logs on standard error."""

import argparse
import sys

from core import log
from core.errors import UserError
from core.i18n import LANGUAGES, Translator
from ops.commands import Command, house, records
from ops.embedded import AlreadyRunningError, StartError


def parser() -> argparse.ArgumentParser:
    """Describe every command."""
    made = argparse.ArgumentParser(prog="python -m ops", description=__doc__)
    made.add_argument("--demo", action="store_true", help="on a throwaway stack")
    commands = made.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, says: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=says, description=says)
        one.set_defaults(command=command)
        return one

    house.describe(add)
    records.describe(add)
    return made


def main() -> int:
    """Run a command; a fault a person can mend is one line on standard error."""
    log.configure("WARNING")
    options = parser().parse_args()
    try:
        return int(options.command(options))
    except (RuntimeError, ValueError, UserError, StartError, AlreadyRunningError) as error:
        sys.stderr.write(f"{_said(error)}\n")
        return 2


def _said(error: Exception) -> str:
    if isinstance(error, UserError):
        return Translator(LANGUAGES[1])(error.key, **error.args_for_words)
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
