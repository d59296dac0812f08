"""Unprivileged account for PostgreSQL, which refuses to run as root, and files that this account can reach."""

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
    """User and group id that a service runs as; both None for the current user."""

    uid: int | None = None
    gid: int | None = None

    @property
    def process_options(self) -> dict[str, Any]:
        """Options of subprocess.Popen that start a process as this user."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take_ownership(self, path: Path, mode: int) -> None:
        """Set the mode of a file or folder, and its owner to this user."""
        path.chmod(mode)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Return whether this user can enter a folder, or execute a program."""
        if self.uid is None:
            return True
        probe = ["test", "-x", str(folder)]
        return subprocess.run(probe, check=False, cwd="/", **self.process_options).returncode == 0


def server_account() -> Account:
    """Return the current user, or `nobody` if that is root."""
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


def data_directory(wanted: Path, account: Account) -> Path:
    """Return the wanted folder, or the target of a symlink there if the account cannot enter the folder itself."""
    if not wanted.exists():
        wanted.unlink(missing_ok=True)
        wanted.mkdir(mode=0o755)
    if wanted.is_symlink() or account.can_enter(wanted):
        return wanted.resolve()
    name = hashlib.sha256(str(wanted.absolute()).encode()).hexdigest()[:16]
    for folder in (place / name for place in SYSTEM_PLACES):
        if not any(wanted.iterdir()) and _recreate(folder) and account.can_enter(folder):
            wanted.rmdir()
            wanted.symlink_to(folder)
            return folder
    raise PortalError(
        f"PostgreSQL does not run as root and no other user can reach {wanted}: set OSC_DATA to a folder "
        "that everybody can enter, or start the portal as an ordinary user."
    )


def executable(original: Path, account: Account, place: Path) -> Path:
    """Return PACKAGE/INSTALLATION/bin/PROGRAM, or its copy below `place` if the account cannot run the original."""
    if account.can_enter(original):
        return original
    installation = original.parent.parent
    package = installation.parent
    libraries = package.with_name(f"{package.name}.libs")
    for folder in filter(Path.exists, (installation, libraries)):
        copy = place / folder.relative_to(package.parent)
        shutil.copytree(folder, copy, symlinks=True, dirs_exist_ok=True)
        # With the folder of the package: a strict umask closes what is made here.
        subprocess.run(["chmod", "-R", "a+rX", str(place / copy.relative_to(place).parts[0])], check=True)
    return place / original.relative_to(package.parent)


def _recreate(folder: Path) -> bool:
    """Create an empty folder that everybody can enter; an old one there belonged to a data folder that is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        for level in (folder.parent, folder):
            level.mkdir(parents=True, exist_ok=True)
            level.chmod(0o755)
    except OSError:
        return False
    return folder.stat().st_uid == os.geteuid()
