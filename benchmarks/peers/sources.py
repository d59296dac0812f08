"""Gets the source of a release: from its repository, with the source archive of the package index laid over it.

Source archives leave out some of the tests and all of the examples that they read; repositories have them. Where a
repository has no tag of the release, its newest commit gives what the archive leaves out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from .suites import Suite


def obtain(suite: Suite, folder: Path, repositories: str) -> Path:
    """Return a folder with the source of a suite's release, made anew."""
    target = folder / suite.name
    shutil.rmtree(target, ignore_errors=True)
    clone(repositories.format(name=suite.name), suite.tag, target)
    shutil.copytree(unpacked(suite, folder), target, dirs_exist_ok=True)
    return target


def clone(address: str, tag: str, target: Path) -> None:
    """Copy a repository at a tag, or at its newest commit where the tag is missing."""
    command = ["git", "clone", "--quiet", "--depth", "1"]
    # A folder of one's own is copied over the same protocol, so that a shallow copy of it can be had.
    source = Path(address).resolve().as_uri() if Path(address).exists() else address
    if subprocess.run([*command, "--branch", tag, source, str(target)], check=False, stderr=subprocess.PIPE).returncode:
        print(f"{address} has no tag {tag}: its newest commit is taken for what the source archive leaves out")
        subprocess.run([*command, source, str(target)], check=True)


def unpacked(suite: Suite, folder: Path) -> Path:
    """Return the unpacked source archive of a release from the package index."""
    archives = folder / "archives" / suite.name
    shutil.rmtree(archives, ignore_errors=True)
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    wanted = [f"{suite.name}=={suite.version}", "--no-binary", ":all:", "--dest", str(archives)]
    subprocess.run([*download, *wanted], check=True)
    with tarfile.open(next(archives.glob("*.tar.gz"))) as archive:
        archive.extractall(archives, filter="data")
    return next(path for path in archives.iterdir() if path.is_dir())
