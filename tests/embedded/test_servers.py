"""The embedded servers' life: start, stop, restart, and what a crash leaves."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import redis

from ops.embedded import AlreadyRunningError, StartError, servers
from ops.embedded.watchdog import is_running
from tests.until import until

ROOT = Path(__file__).resolve().parents[2]
BOTH = ("postgres", "redis")
# A stack of its own that says who its servers are and then stays until it is killed.
STACK = """
import json, sys, time
from pathlib import Path
from ops.embedded import servers
with servers(Path(sys.argv[1]), want=("postgres", "redis"), fsync=False) as urls:
    print(json.dumps(urls.pids), flush=True)
    sys.stdin.read()
"""


async def ask(url: str, *statements: str) -> Any:
    """Run statements one by one and return the last one's value."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


def ping(url: str) -> bool:
    """Tell whether Redis answers."""
    with redis.Redis.from_url(url) as client:
        return bool(client.ping())


def mode(path: Path) -> int:
    """Return the permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


async def test_both_answer_and_stop_with_the_block(home: Path) -> None:
    """Two servers answer inside the block and are gone after it."""
    with servers(home, want=BOTH, fsync=False) as urls:
        pids = dict(urls.pids)
        assert await ask(urls.database, "SELECT current_database()") == "linling"
        assert ping(urls.redis)
        assert urls.mqtt == ""
        assert set(pids) == set(BOTH)
    assert not any(map(is_running, pids.values()))


async def test_data_outlives_a_restart(home: Path) -> None:
    """What was written is there after a stop and a start."""
    with servers(home, want=("postgres",)) as urls:
        await ask(urls.database, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
    with servers(home, want=("postgres",)) as urls:
        assert await ask(urls.database, "SELECT n FROM kept") == 7


async def test_settings_are_those_the_house_counts_on(home: Path) -> None:
    """Durability and room for connections are set, not left to defaults."""
    with servers(home, want=("postgres",)) as urls:
        shown = [
            await ask(urls.database, f"SHOW {name}")
            for name in ("fsync", "synchronous_commit", "max_connections", "server_encoding")
        ]
    assert shown == ["on", "on", "200", "UTF8"]


def test_home_stays_closed_to_others(home: Path) -> None:
    """The data folder is 0700 while servers run and after, even if it was open before."""
    home.mkdir(mode=0o755)
    with servers(home, want=BOTH, fsync=False):
        assert mode(home) == 0o700
        assert all(mode(path) & 0o077 == 0 for path in home.iterdir() if path.is_dir())
        assert all(mode(path) & 0o077 == 0 for path in home.glob("*.log"))
    assert mode(home) == 0o700


def test_redis_forgets(home: Path) -> None:
    """Redis keeps nothing: what matters is in PostgreSQL."""
    with servers(home, want=("redis",)) as urls, redis.Redis.from_url(urls.redis) as client:
        client.set("key", "value")
    with servers(home, want=("redis",)) as urls, redis.Redis.from_url(urls.redis) as client:
        assert client.get("key") is None


@pytest.mark.parametrize("pid", [os.getpid(), 2**22 - 1], ids=["somebody else's", "nobody's"])
async def test_a_stale_lock_file_is_no_obstacle(home: Path, pid: int) -> None:
    """A lock file of a dead server is removed, also when its id now belongs to another program."""
    with servers(home, want=("postgres",), fsync=False):
        running = (home / "postgres" / "postmaster.pid").read_text(encoding="utf-8")
    stale = "\n".join([str(pid), *running.split("\n")[1:]])
    (home / "postgres" / "postmaster.pid").write_text(stale, encoding="utf-8")
    with servers(home, want=("postgres",), fsync=False) as urls:
        assert await ask(urls.database, "SELECT 1") == 1


async def test_a_killed_parent_leaves_no_orphan(home: Path) -> None:
    """After kill -9 of the whole stack its servers end, and the next start works."""
    pids = kill_a_stack(home)
    until(lambda: not any(map(is_running, pids.values())), 15, what="servers ended")
    with servers(home, want=BOTH, fsync=False) as urls:
        assert await ask(urls.database, "SELECT 1") == 1


async def test_a_start_right_after_the_kill_takes_over(home: Path) -> None:
    """A start that finds the servers of a killed stack still alive stops them itself."""
    pids = kill_a_stack(home)
    with servers(home, want=BOTH, fsync=False) as urls:
        assert await ask(urls.database, "SELECT 1") == 1
        assert not any(map(is_running, pids.values()))


def kill_a_stack(home: Path) -> Mapping[str, int]:
    """Start a stack in a process of its own, kill -9 that process, name its servers."""
    import json

    argv = [sys.executable, "-c", STACK, str(home)]
    with subprocess.Popen(
        argv, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as stack:
        assert stack.stdout is not None
        pids: dict[str, int] = json.loads(stack.stdout.readline())
        assert all(map(is_running, pids.values()))
        stack.send_signal(signal.SIGKILL)
    return pids


async def test_a_killed_server_comes_back_at_its_address(home: Path) -> None:
    """Both are killed -9; the same addresses answer again and the new ids are told."""
    told: list[Mapping[str, int]] = []
    with servers(home, want=BOTH, fsync=False, on_restart=told.append) as urls:
        await ask(urls.database, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
        former = dict(urls.pids)
        for pid in former.values():
            os.kill(pid, signal.SIGKILL)
        until(lambda: len(told) == 2, 30, what="both restarted")
        assert not set(urls.pids.values()) & set(former.values())
        assert await ask(urls.database, "SELECT n FROM kept") == 7
        assert ping(urls.redis)


def test_a_given_address_replaces_the_server(home: Path) -> None:
    """Nothing is started and no folder made for a server that the caller has."""
    given = {
        "database": "postgresql+asyncpg://db.example/linling",
        "redis": "redis://r",
        "mqtt": "",
    }
    with servers(home, want=BOTH, given=given) as urls:
        assert (urls.database, urls.redis) == (given["database"], given["redis"])
        assert urls.pids == {}
    assert not home.exists()


def test_one_stack_at_a_time_per_folder(home: Path) -> None:
    """A second stack is refused, and the first goes on."""
    with servers(home, want=("redis",)) as urls:
        with pytest.raises(AlreadyRunningError, match="in use"), servers(home, want=("redis",)):
            pass
        assert ping(urls.redis)


async def test_a_long_path_still_gets_sockets(home: Path) -> None:
    """The kernel's limit on a socket's path is no limit on the folder's."""
    deep = home / ("长" * 40) / "数据"
    with servers(deep, want=BOTH, fsync=False) as urls:
        assert await ask(urls.database, "SELECT 1") == 1
        assert ping(urls.redis)


async def test_a_fixed_port_is_behind_a_password(home: Path, unused_tcp_port: int) -> None:
    """On loopback PostgreSQL lets in only who knows the password of the data folder."""
    with servers(
        home, want=("postgres",), fsync=False, ports={"postgres": unused_tcp_port}
    ) as urls:
        assert f"@127.0.0.1:{unused_tcp_port}/" in urls.database
        assert await ask(urls.database, "SELECT 1") == 1
        assert mode(home / "postgres.password") == 0o600
        password = (home / "postgres.password").read_text(encoding="utf-8")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(urls.database.replace(password, "guess"), "SELECT 1")


def test_a_server_that_cannot_start_shows_its_log(home: Path, unused_tcp_port: int) -> None:
    """The reason stands in the error, and nothing stays behind."""
    (home / "redis").mkdir(parents=True)
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", unused_tcp_port))
        taken.listen()
        with (
            pytest.raises(StartError, match=r"(?s)redis ended.*Log: "),
            servers(home, want=("redis",), ports={"redis": unused_tcp_port}),
        ):
            pass
    assert not (home / "servers.json").exists()
