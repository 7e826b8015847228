"""What `python -m ops` can do, command by command; each is imported by what describes it."""

import argparse
import sys
from collections.abc import Callable

Command = Callable[[argparse.Namespace], int]
Add = Callable[[str, Command, str], argparse.ArgumentParser]


def out(text: str) -> None:
    """Answer with a line on standard output."""
    sys.stdout.write(f"{text}\n")
