"""Understanding: held-out utterances by role, clean and noisy, and the price of a turn."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

import uvloop

from core.crypto import use_keyring
from core.settings import Settings
from ops.bench import Figure, Report, percentile
from ops.bench.heldout import ROLES, HeldOut, held_out, quality
from ops.community import opened
from ops.embedded import servers
from ops.say import Asking, speaker
from ops.stack import updated, with_keys
from services import language
from services.language import fit

_ROOT = Path(__file__).resolve().parents[2]
_CHANCE = 352
_TURNS = 400
_LEAST = {"clean": 0.92, "noisy": 0.87, "choices": 0.98, "human": 1.0, "emergency": 1.0}
_MOST: dict[str, float] = {
    "false_emergencies": 0.01, "out_of_scope_admitted": 0.05, "p99_ms": 25, "start_s": 2,
    "memory_mb": 150,
}  # fmt: skip
# What the part costs when nothing else of the product is loaded.
_ALONE = """
import re, sys, time
from pathlib import Path
from core.actor import Role
from services.language import prepare, understand
prepare(Path(sys.argv[1]))
understand("附近哪里有药店", Role.RESIDENT)
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(time.time(), int(peak[1]) / 1024)
"""


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
            waits = uvloop.run(_turns(settings, held))
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
        for role in ROLES:
            asking = Asking(role.value, settings.community, keep=False, as_json=True)
            who = await speaker(db, asking, media=settings.home / "media")
            texts = [one.text for one in held.cases if one.role is role]
            await who.warm_up()
            for text in rng.choices(texts, k=_TURNS // 3):
                began = time.perf_counter()
                await who.say(text)
                waits.append((time.perf_counter() - began) * 1000)
    return waits
