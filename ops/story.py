"""What the command `sim` is to tell: its options, and the story that they make."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

# Those of which a storm can be: they alarm by a single message.
KINDS: Final = ("smoke", "gas", "wristband", "fire", "manhole", "water")


@dataclass(frozen=True, slots=True)
class Story:
    """What is to happen.

    `days` are told in `minutes`, a word of each device every `step`. `silent` is the share of
    devices that fall out in the middle third, `wrong` that of devices whose clock lies. `storm`
    names a kind of which `storm_size` devices alarm at the end, all at once.
    """

    days: float
    minutes: float
    step: timedelta
    silent: float = 0.0
    wrong: float = 0.0
    storm: str = ""
    storm_size: int = 0


def describe(sim: argparse.ArgumentParser) -> None:
    """Describe the options."""
    sim.add_argument(
        "--devices", type=_many, default=0, metavar="N",
        help="so many invented ones, registered in the community `sim`, instead of a community's own",
    )  # fmt: skip
    sim.add_argument("--days", type=_positive, default=1.0, help="of life, up to this moment")
    sim.add_argument("--minutes", type=_positive, default=1.0, help="in which they are told")
    sim.add_argument("--step", type=_positive, default=10.0, help="minutes of life between words")
    sim.add_argument("--outage", type=_share, default=0.0, metavar="SHARE", help="fall out midway")
    sim.add_argument("--wrong-clocks", type=_share, default=0.0, metavar="SHARE", help="clocks lie")
    sim.add_argument("--storm", choices=KINDS, default="", help="at the end these alarm at once")
    sim.add_argument("--storm-size", type=_many, default=10, metavar="N")
    sim.add_argument("--community", help="its slug; LINLING_COMMUNITY if left out")


def of(options: argparse.Namespace) -> Story:
    """Make the story that was asked for."""
    return Story(
        days=options.days, minutes=options.minutes, step=timedelta(minutes=options.step),
        silent=options.outage, wrong=options.wrong_clocks, storm=options.storm,
        storm_size=options.storm_size,
    )  # fmt: skip


def _number(low: float, high: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return read


def _many(text: str) -> int:
    return int(_number(0, 1_000_000)(text))


_positive, _share = _number(1e-6, 1e6), _number(0, 1)
