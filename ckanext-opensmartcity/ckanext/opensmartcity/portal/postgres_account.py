"""PostgreSQL refuses to run as root: which account it gets then, and where that account can work."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .common import PortalError

UNPRIVILEGED = "nobody"
SYSTEM_PLACES = (Path("/var/lib/opensmartcity"), Path("/var/tmp/opensmartcity"))  # noqa: S108


@dataclass(frozen=True)
class Account:
    """The user that a service runs as; nothing set means the current one."""

    uid: int | None = None
    gid: int | None = None

    @property
    def process_options(self) -> dict[str, Any]:
        """Options of subprocess that start a process as this user."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path, mode: int) -> None:
        """Hand a file or folder to this user."""
        path.chmod(mode)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this user can reach a folder."""
        if self.uid is None:
            return True
        probe = ["test", "-x", str(folder)]
        return subprocess.run(probe, check=False, cwd="/", **self.process_options).returncode == 0


def for_postgres() -> Account:
    """Return the current user, or a user without rights when that is root."""
    if os.geteuid() != 0:
        return Account()
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise PortalError(
            f"PostgreSQL does not run as root and this machine has no user {UNPRIVILEGED!r}: "
            "start the portal as an ordinary user, or set OSC_DATABASE_URL."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def workplace(wanted: Path, account: Account) -> Path:
    """Return the wanted folder, or one elsewhere that it then links to if the account cannot get there."""
    if not wanted.exists():
        wanted.unlink(missing_ok=True)
        wanted.mkdir(mode=0o755)
    if wanted.is_symlink() or account.can_enter(wanted):
        return wanted.resolve()
    return _elsewhere(wanted, account)


def program(original: Path, account: Account, place: Path) -> Path:
    """Return PACKAGE/INSTALLATION/bin/PROGRAM, or its copy below `place` if the account cannot run the original."""
    if account.can_enter(original):
        return original
    installation = original.parent.parent
    package = installation.parent
    libraries = package.with_name(f"{package.name}.libs")
    for folder in (installation, libraries):
        _copy_for_all(folder, place / folder.relative_to(package.parent))
    return place / original.relative_to(package.parent)


def _copy_for_all(folder: Path, copy: Path) -> None:
    if folder.exists():
        shutil.copytree(folder, copy, symlinks=True, dirs_exist_ok=True)
        subprocess.run(["chmod", "-R", "a+rX", str(copy)], check=True)


def _elsewhere(wanted: Path, account: Account) -> Path:
    name = hashlib.sha256(str(wanted.absolute()).encode()).hexdigest()[:16]
    for folder in (place / name for place in SYSTEM_PLACES):
        if not any(wanted.iterdir()) and _make_open(folder) and account.can_enter(folder):
            wanted.rmdir()
            wanted.symlink_to(folder)
            return folder
    raise PortalError(
        f"PostgreSQL does not run as root and no other user can reach {wanted}: set OSC_DATA to a folder "
        "that everybody can enter, or start the portal as an ordinary user."
    )


def _make_open(folder: Path) -> bool:
    """Make a folder anew: what lies there belongs to a data folder that somebody removed."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        for each in (folder.parent, folder):
            each.mkdir(parents=True, exist_ok=True)
            each.chmod(0o755)
    except OSError:
        return False
    return folder.stat().st_uid == os.geteuid()
