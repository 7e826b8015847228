"""Child processes: output, stopping, and the parent that dies."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.embedded import Children, StartError
from ops.embedded.watchdog import is_running, read_children
from tests.until import until

ROOT = Path(__file__).resolve().parents[2]
DEAF = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
DEAF += "print('deaf', flush=True)\nwhile True: signal.pause()"
PARENT = """
import sys
from pathlib import Path
from ops.embedded import Children
children = Children()
print(children.start("sleeper", ["sleep", "600"], {}, Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def children() -> Iterator[Children]:
    """Offer children that are stopped after the test."""
    made = Children()
    yield made
    made.stop_all()


def test_output_goes_to_a_log_of_ones_own(children: Children, tmp_path: Path) -> None:
    """Both streams are appended, and nobody else may read them."""
    log = tmp_path / "talker.log"
    for word in ("one", "two"):
        children.start("talker", ["sh", "-c", f"echo {word}; echo {word}! >&2"], {}, log)
        assert children.wait("talker") == 0
    assert log.read_text(encoding="utf-8").split() == ["one", "one!", "two", "two!"]
    assert log.stat().st_mode & 0o077 == 0


def test_a_child_gets_the_environment_given_and_no_other(
    children: Children, tmp_path: Path
) -> None:
    """A secret of the parent does not reach a child by accident."""
    log = tmp_path / "env.log"
    children.start("env", ["/usr/bin/env"], {"ONLY": "this"}, log)
    children.wait("env")
    names = {line.partition("=")[0] for line in log.read_text(encoding="utf-8").splitlines()}
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} == {"ONLY"}


def test_stop_ends_a_child_that_will_not_listen(children: Children, tmp_path: Path) -> None:
    """SIGKILL follows when the grace is over."""
    log = tmp_path / "deaf.log"
    argv = [sys.executable, "-c", DEAF]
    pid = children.start("deaf", argv, dict(os.environ), log, grace_seconds=0.2)
    until(lambda: "deaf" in log.read_text(encoding="utf-8"), what="the child runs")
    children.stop("deaf")
    assert not is_running(pid)


def test_a_child_that_ended_is_told_with_the_end_of_its_log(
    children: Children, tmp_path: Path
) -> None:
    """The error says what the program said."""
    children.start("broken", ["sh", "-c", "echo no licence; exit 3"], {}, tmp_path / "b.log")
    children.wait("broken")
    with pytest.raises(StartError, match=r"(?s)code 3.*no licence"):
        children.require("broken")


def test_a_program_that_is_not_there_is_told(children: Children, tmp_path: Path) -> None:
    """A wrong name is an error with the shell's words."""
    children.start("none", ["/nonexistent/program"], {}, tmp_path / "none.log")
    assert children.wait("none") == 127
    with pytest.raises(StartError, match="nonexistent"):
        children.require("none")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_children_end_with_a_parent_that_says_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    """However the parent is killed, its child ends."""
    argv = [sys.executable, "-c", PARENT, str(tmp_path / "sleeper.log")]
    with subprocess.Popen(
        argv,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.send_signal(number)
    until(lambda: not is_running(pid), what="the child ended")


def test_a_dead_watchdog_is_replaced(children: Children, tmp_path: Path) -> None:
    """The next child is guarded again, and so are those before it."""
    children.start("first", ["sleep", "600"], {}, tmp_path / "first.log")
    former = children._watchdog
    assert former is not None
    former.kill()
    former.wait()
    children.start("second", ["sleep", "600"], {}, tmp_path / "second.log")
    assert children._watchdog is not None
    assert children._watchdog.pid != former.pid


def test_the_watchdog_forgets_those_that_ended() -> None:
    """Only what still runs is stopped."""
    known: dict[int, int] = {}
    read_children(["+ 10 15", "+ 11 2", "- 10", "- 12"], known)
    assert known == {11: 2}
