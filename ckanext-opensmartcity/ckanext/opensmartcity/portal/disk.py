"""Folders of the embedded portal, and failures of the disk in words: full, not writable, or a limit on files."""

import errno
import os
import shutil
from pathlib import Path

from .common import PortalError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# Bytes: a new portal writes 80 MB, and more as it is used. The jars of Solr, and the copy of PostgreSQL for a portal of
# root, may be on other disks.
NEW_PORTAL = 200 << 20
STARTED_PORTAL = 30 << 20
LEAST_FREE = 4 << 20


def user_data_folder() -> Path:
    """Return the data folder of a portal that was installed from the wheel."""
    return Path(os.environ.get("XDG_DATA_HOME") or _home() / ".local" / "share") / "opensmartcity" / "portal"


def user_cache_folder() -> Path:
    """Return the folder of downloaded files, which all portals of a user share."""
    return Path(os.environ.get("XDG_CACHE_HOME") or _home() / ".cache") / "opensmartcity"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        raise PortalError("You have no home folder here: set HOME, or OSC_DATA and XDG_CACHE_HOME.") from None


def require_space(folder: Path) -> None:
    """Raise PortalError before anything is written if the portal does not fit on the disk."""
    wanted = STARTED_PORTAL if (folder / "prepared.json").exists() else NEW_PORTAL
    if free_bytes(folder) < wanted:
        free = f"{free_bytes(folder) >> 20} MB are free"
        raise PortalError(f"The portal needs {wanted >> 20} MB in {folder}, where {free}: {_remedy(folder)}")


def explain_failure(folder: Path, failure: PortalError) -> PortalError:
    """Return the error to show: the failure of a program, or the full disk that is the reason for it."""
    if free_bytes(folder) >= LEAST_FREE:
        return failure
    return PortalError(f"The disk of {folder} is full: {_remedy(folder)}")


def free_bytes(folder: Path) -> int:
    """Return the free bytes of the disk that holds a folder, or that will hold it once it is made."""
    place = next(place for place in (folder, *folder.parents) if place.is_dir())
    return shutil.disk_usage(place).free


def explain(error: OSError) -> str:
    """Return cause and remedy of a failed access to a file, in one line."""
    path = str(error.filename or "")
    if error.errno in FULL:
        return f"There is no space for {path or 'a file'} ({error.strerror}): {_remedy(path)}"
    if path:
        return f"{path} cannot be used ({error.strerror}): correct its permissions, or {_other_folder(path)}"
    return f"{error}: check the disk and the permissions, or {_other_folder(path)}"


def _remedy(path: Path | str) -> str:
    return f"free some space, or {_other_folder(path)}"


def _other_folder(path: Path | str) -> str:
    variable = "XDG_CACHE_HOME" if str(path).startswith(str(user_cache_folder())) else "OSC_DATA"
    return f"set {variable} to another folder."
