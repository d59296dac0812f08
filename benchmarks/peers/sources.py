"""Source of an extension's release: its repository, overlaid with the source archive of the package index.

Source archives lack some of the tests and all of their examples, which the repository has. Without a tag for the
release, the newest commit provides them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from .suites import Suite


def fetch(suite: Suite, folder: Path, repositories: str) -> Path:
    """Download the source of a suite's release into a fresh folder and return it."""
    target = folder / suite.name
    shutil.rmtree(target, ignore_errors=True)
    clone(repositories.format(name=suite.name), suite.tag, target)
    shutil.copytree(unpack(suite, folder), target, dirs_exist_ok=True)
    return target


def clone(address: str, tag: str, target: Path) -> None:
    """Clone a repository at a tag, or at its newest commit if the tag is missing."""
    command = ["git", "clone", "--quiet", "--depth", "1"]
    # Git makes shallow clones of a local folder only by its file:// URL.
    source = Path(address).resolve().as_uri() if Path(address).exists() else address
    if subprocess.run([*command, "--branch", tag, source, str(target)], check=False, stderr=subprocess.PIPE).returncode:
        print(f"{address} has no tag {tag}: its newest commit is taken for what the source archive leaves out")
        subprocess.run([*command, source, str(target)], check=True)


def unpack(suite: Suite, folder: Path) -> Path:
    """Download and unpack the source archive of a release; return its folder."""
    archives = folder / "archives" / suite.name
    shutil.rmtree(archives, ignore_errors=True)
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    wanted = [f"{suite.name}=={suite.version}", "--no-binary", ":all:", "--dest", str(archives)]
    subprocess.run([*download, *wanted], check=True)
    with tarfile.open(next(archives.glob("*.tar.gz"))) as archive:
        archive.extractall(archives, filter="data")
    return next(path for path in archives.iterdir() if path.is_dir())
