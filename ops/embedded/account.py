"""Who the servers run as when we are root: PostgreSQL refuses root, and rightly so."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

from ops.embedded.process import StartError

USER = "linling"
# What root's own folders (/root/project/.venv) hide from that user is copied here once.
COPIES = Path("/var/cache/linling")


def unprivileged_user() -> str | None:
    """Return the user that servers run as, made when missing; None unless we are root."""
    if os.geteuid() != 0:
        return None
    if not sys.platform.startswith("linux"):
        raise StartError("The embedded servers do not run as root here. Start as a normal user.")
    try:
        return pwd.getpwnam(USER).pw_name
    except KeyError:
        make_user()
    return USER


def make_user() -> None:
    """Add a system user without a home, a password or a shell."""
    argv = ["useradd", "--system", "--user-group", "--no-create-home", USER]
    argv[1:1] = ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    try:
        subprocess.run(argv, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", None) or error
        raise StartError(
            f"PostgreSQL does not run as root, and no user {USER} could be made: {reason}\n"
            f"Start as a normal user, or make the user: {' '.join(argv)}"
        ) from error


def give(folder: Path, user: str | None) -> None:
    """Make a folder of 0700, with all it holds, the user's own; None leaves the owner."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if user is not None:
        entry = pwd.getpwnam(user)
        if folder.stat().st_uid != entry.pw_uid:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
    folder.chmod(0o700)


def everyone_reaches(path: Path) -> bool:
    """Tell whether any user may walk to a path and read it."""
    place = path.resolve()
    walkable = all(parent.stat().st_mode & 0o001 for parent in place.parents)
    return walkable and place.stat().st_mode & 0o005 == 0o005


def reachable_copy(site: Path, names: tuple[str, ...], version: str) -> Path:
    """Return a folder holding the named packages where every user reaches them.

    That is `site` itself unless it lies behind a closed door; then a copy made once.
    """
    if all(everyone_reaches(site / name) for name in names):
        return site
    copy = COPIES / version
    if not copy.exists():
        making = COPIES / f".{version}.{os.getpid()}"
        making.mkdir(mode=0o755, parents=True)
        for name in names:
            shutil.copytree(site / name, making / name)
        for path in [COPIES, making, *making.rglob("*")]:
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        try:
            making.rename(copy)
        except OSError:  # somebody else was quicker
            shutil.rmtree(making)
    return copy
