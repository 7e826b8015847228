"""Understanding: held-out utterances by role, clean and noisy, and the price of a turn."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml

from core.actor import Role
from core.crypto import use_keyring
from core.settings import Settings
from ops.bench import Figure, Report, percentile
from ops.community import opened
from ops.embedded import servers
from ops.say import Asking, speaker
from ops.stack import updated, with_keys
from services import language
from services.language import fit, understand
from services.language.features import Sounds

_ROOT = Path(__file__).resolve().parents[2]
HELD_OUT = _ROOT / "data" / "bench" / "say.yaml"
_CHANCE = 352
_TURNS = 400
_FILLERS = ("那个", "嗯", "请问", "我说", "喂", "麻烦", "哎")
_ENDINGS = ("啊", "呀", "好伐", "谢谢", "哦", "呢", "快点")
_LEAST = {"clean": 0.92, "noisy": 0.87, "choices": 0.98, "human": 1.0, "emergency": 1.0}
_MOST: dict[str, float] = {
    "false_emergencies": 0.01, "out_of_scope_admitted": 0.05, "p99_ms": 25, "start_s": 2,
    "memory_mb": 150,
}  # fmt: skip
# What the part costs when nothing else of the product is loaded.
_ALONE = """
import resource, sys, time
from pathlib import Path
from core.actor import Role
from services.language import prepare, understand
prepare(Path(sys.argv[1]))
understand("附近哪里有药店", Role.RESIDENT)
print(time.time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@dataclass(frozen=True, slots=True)
class Case:
    """An utterance with what it means in a role; `kind` is clean or noisy."""

    kind: str
    role: Role
    intent: str
    text: str


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Utterances that the model never saw."""

    cases: Sequence[Case]
    emergency: Sequence[str]
    calm: Sequence[str]
    out_of_scope: Sequence[str]


def held_out(sounds: Sounds) -> HeldOut:
    """Read what was written by hand, and make the clean lines noisy by a fixed seed."""
    table = yaml.safe_load(HELD_OUT.read_text("utf-8"))
    cases = [
        Case(kind, role, intent, text)
        for role in (Role.RESIDENT, Role.WORKER, Role.MERCHANT)
        for intent, lines in table[role].items()
        for kind, texts in lines.items()
        for text in texts
    ]
    cases += list(_noise(cases, sounds))
    return HeldOut(cases, table["emergency"], table["calm"], table["out_of_scope"])


def _noise(cases: Sequence[Case], sounds: Sounds) -> Iterator[Case]:
    """Replace one character in six by another of the same sound, and let people ramble."""
    alike: dict[str, list[str]] = defaultdict(list)
    for character, sound in sounds.items():
        alike[sound].append(character)
    rng = Random(_CHANCE)
    for case in cases:
        if case.kind != "clean" or case.text.isascii():
            continue
        letters = list(case.text)
        spoken = [at for at, letter in enumerate(letters) if letter in sounds]
        for at in rng.sample(spoken, max(1, len(spoken) // 6)):
            letters[at] = rng.choice(alike[sounds[letters[at]]])
        before = rng.choice(_FILLERS) if rng.random() < 0.4 else ""
        after = rng.choice(_ENDINGS) if rng.random() < 0.4 else ""
        yield Case("noisy", case.role, case.intent, before + "".join(letters) + after)


def quality(held: HeldOut) -> dict[str, float]:
    """Say how often each promise was kept."""
    right: dict[str, list[bool]] = defaultdict(list)
    for case in held.cases:
        found = understand(case.text, case.role)
        right[case.kind].append(found.intent == case.intent)
        right["choices"].append(case.intent in found.choices)
        if case.intent == "human" and case.kind == "clean":
            right["human"].append(found.intent == "human")
    right["emergency"] = [_alarms(text) for text in held.emergency]
    calm = [*held.calm, *(one.text for one in held.cases if one.kind == "clean")]
    right["false_emergencies"] = [_alarms(text) for text in calm]
    right["out_of_scope_admitted"] = [
        understand(text, role).intent != "unknown"
        for role in (Role.RESIDENT, Role.WORKER, Role.MERCHANT)
        for text in held.out_of_scope
    ]
    return {name: sum(values) / len(values) for name, values in right.items()}


def _alarms(text: str) -> bool:
    return understand(text, Role.RESIDENT).intent == "emergency"


def measure() -> Report:
    """Fit, judge, then take whole turns on a PostgreSQL of its own."""
    with tempfile.TemporaryDirectory(prefix="linling-bench-") as folder:
        home = Path(folder)
        began = time.perf_counter()
        language.prepare(home)
        fitted = time.perf_counter() - began
        held = held_out(fit.sounds())
        shares = quality(held)
        start, memory = _alone(home)
        with servers(home, want=("postgres",)) as urls:
            settings = with_keys(
                updated(Settings(), home=home, database_url=urls.database, demo=True)
            )
            use_keyring(settings.keyring)
            waits = asyncio.run(_turns(settings, held))
    figures: dict[str, Figure] = {name: round(share, 4) for name, share in shares.items()}
    figures |= {
        "p50_ms": round(percentile(waits, 0.5), 2), "p99_ms": round(percentile(waits, 0.99), 2),
        "start_s": round(start, 2), "memory_mb": round(memory), "fit_s": round(fitted, 1),
        "utterances": len(held.cases),
    }  # fmt: skip
    budget = {name: f"≥ {least}" for name, least in _LEAST.items()}
    budget |= {name: f"≤ {most}" for name, most in _MOST.items()}
    kept = all(float(figures[name]) >= least for name, least in _LEAST.items())
    kept &= all(float(figures[name]) <= most for name, most in _MOST.items())
    return Report("say", figures, budget, kept)


def _alone(home: Path) -> tuple[float, float]:
    """Start the language part alone; returns seconds to the first answer and megabytes."""
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", _ALONE, str(home)],
        cwd=_ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    ended, memory = done.stdout.split()
    return float(ended) - began, float(memory)


async def _turns(settings: Settings, held: HeldOut) -> list[float]:
    """Take whole turns of every role, each in a fresh conversation; returns milliseconds."""
    rng = Random(_CHANCE)
    waits: list[float] = []
    async with opened(settings) as db:
        for role in (Role.RESIDENT, Role.WORKER, Role.MERCHANT):
            asking = Asking(role.value, settings.community, keep=True, as_json=True)
            who = await speaker(db, asking, media=settings.home / "media")
            texts = [one.text for one in held.cases if one.role is role]
            for text in ["你好", *rng.choices(texts, k=_TURNS // 3)]:
                began = time.perf_counter()
                await who.say(text)
                waits.append((time.perf_counter() - began) * 1000)
    return waits
