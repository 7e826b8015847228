"""The set-up script: what it notes, what it says, and what its locks must not hold."""

import importlib.util
import json
import re
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("setup", "demo", "test", "check", "bench", "up", "migrate", "lock")
REQUIREMENTS = sorted(ROOT.glob("requirements*.txt"))
# No address of an index, no path of the machine that made the lock.
ADDRESS = re.compile(
    r"https?://|file://|--(extra-)?index-url|--find-links|(^|\s)/[a-z]+/", re.MULTILINE
)


def load_dev() -> ModuleType:
    """Import the script, which has no suffix."""
    loader = SourceFileLoader("dev_script", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


dev = load_dev()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a folder with two lock files."""
    (tmp_path / "a.txt").write_text("one", encoding="utf-8")
    (tmp_path / "b.txt").write_text("two", encoding="utf-8")
    return tmp_path


def test_a_stamp_covers_what_was_installed(checkout: Path) -> None:
    """What is stamped is current, and so is a part of it."""
    stamp = checkout / "stamps" / "linling.json"
    dev.write_stamp(stamp, ("a.txt", "b.txt"), checkout)
    assert dev.is_current(stamp, ("a.txt", "b.txt"), checkout)
    assert dev.is_current(stamp, ("a.txt",), checkout)


def test_a_changed_lock_is_not_current(checkout: Path) -> None:
    """One byte more in a lock means another installation."""
    stamp = checkout / "linling.json"
    dev.write_stamp(stamp, ("a.txt",), checkout)
    (checkout / "a.txt").write_text("one.", encoding="utf-8")
    assert not dev.is_current(stamp, ("a.txt",), checkout)


def test_what_was_not_installed_is_not_current(checkout: Path) -> None:
    """A stamp of the demo does not pass for the tests' packages, nor a missing lock for any."""
    stamp = checkout / "linling.json"
    dev.write_stamp(stamp, ("a.txt", "missing.txt"), checkout)
    assert not dev.is_current(stamp, ("a.txt", "b.txt"), checkout)
    assert not dev.is_current(stamp, ("missing.txt",), checkout)


@pytest.mark.parametrize("text", [None, "", "{", "[]"])
def test_a_broken_stamp_is_none(checkout: Path, text: str | None) -> None:
    """A stamp that cannot be read means installing again, not an error."""
    stamp = checkout / "linling.json"
    if text is not None:
        stamp.write_text(text, encoding="utf-8")
    assert not dev.is_current(stamp, ("a.txt",), checkout)


@pytest.mark.parametrize(
    ("output", "hint"),
    [
        ("Error: ensurepip is not available", "python3-venv"),
        ("/usr/bin/python3: No module named venv", "python3-venv"),
        ("error: Failed to fetch: dns error: failed to lookup address", "HTTPS_PROXY"),
        ("npm error code ENOTFOUND", "HTTPS_PROXY"),
        ("ERROR: No matching distribution found for uv==0.1", "HTTPS_PROXY"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("error: Hash mismatch for `ruff==0.1`", "./dev lock"),
        ("SSL: CERTIFICATE_VERIFY_FAILED", "SSL_CERT_FILE"),
        ("PermissionError: [Errno 13] Permission denied: '.venv'", "chown"),
        ("something nobody has seen", "Read the log"),
    ],
)
def test_advice_fits_the_failure(output: str, hint: str) -> None:
    """Each usual failure has its own way out."""
    assert hint in dev.advice(output)


def test_a_failing_step_says_all_that_is_needed(tmp_path: Path) -> None:
    """The step, the last lines, the log, and what to do next stand in one message."""
    output = "\n".join([f"line {number}" for number in range(40)] + ["dns error"])
    message = dev.failure("install uv", output, tmp_path / "setup.log")
    assert "install uv failed" in message
    assert "dns error" in message
    assert "line 0\n" not in message
    assert str(tmp_path / "setup.log") in message
    assert "What to do: " in message


def test_help_names_every_command() -> None:
    """The script runs on the standard library alone and lists what it can do."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "dev"), "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(re.findall(r"^    (\w+) ", done.stdout, re.MULTILINE)) >= set(COMMANDS)


def test_arguments_of_tests_and_benches_pass_through() -> None:
    """What the script does not know goes on to pytest or the bench, untouched."""
    assert dev.parse(["test", "-k", "alarm", "-x"]) == ("test", {}, ["-k", "alarm", "-x"])
    assert dev.parse(["bench", "ingest", "--json"])[2] == ["ingest", "--json"]
    assert dev.parse(["demo", "--fresh"])[1] == {"port": 8000, "fresh": True}


def test_an_unknown_argument_of_a_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt option is not ignored."""
    with pytest.raises(SystemExit):
        dev.parse(["demo", "--frehs"])
    assert "--frehs" in capsys.readouterr().err


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_a_lock_is_hashed_and_names_no_index(path: Path) -> None:
    """Every package is pinned with its hashes, and the lock works with any mirror."""
    text = path.read_text(encoding="utf-8")
    assert not ADDRESS.search(text)
    pinned = re.findall(
        r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL | re.IGNORECASE
    )
    assert pinned
    assert all("==" in entry and "--hash=sha256:" in entry for entry in pinned)


def test_the_locks_agree() -> None:
    """A package locked twice has one version, since all of them share one `.venv`."""
    versions: dict[tuple[str, str], set[str]] = {}
    line = re.compile(r"^([a-z0-9._-]+)==(\S+) (.*)", re.MULTILINE | re.IGNORECASE)
    for name in dev.DEV:
        for package, version, marker in line.findall((ROOT / name).read_text(encoding="utf-8")):
            versions.setdefault((package.lower(), marker), set()).add(version)
    assert {package: found for package, found in versions.items() if len(found) > 1} == {}


def test_the_web_lock_names_no_registry() -> None:
    """The lock of npm pins by integrity and leaves the address to the machine's registry."""
    path = ROOT / "web" / "package-lock.json"
    packages = json.loads(path.read_text(encoding="utf-8"))["packages"]
    assert not ADDRESS.search(path.read_text(encoding="utf-8"))
    fetched = [entry for name, entry in packages.items() if name]
    assert all(entry["integrity"].startswith("sha512-") for entry in fetched)


def test_what_the_pages_take_from_npm_is_locked() -> None:
    """Each package whose files are copied is a dependency with an exact version."""
    described = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    for package, files in described["linling"]["vendor"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", described["dependencies"][package])
        assert any("LICENSE" in name.upper() for name in files)
