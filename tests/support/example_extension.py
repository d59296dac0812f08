"""The example extension of docs/how-to/extend, installed into a temporary folder and enabled on the test portal."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ckan.common import config

SOURCE = Path(__file__).parents[2] / "docs/how-to/extend/ckanext-badge"


@pytest.fixture(scope="module")
def example_extension(tmp_path_factory) -> Iterator[Path]:
    """Install ckanext-badge from a copy of its source, add it to ckan.plugins, and yield the folder."""
    copy, target = tmp_path_factory.mktemp("source") / "ckanext-badge", tmp_path_factory.mktemp("installed")
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    offline = ("--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "install", "--quiet", *offline, "--target", target, copy]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    enabled = config["ckan.plugins"]
    sys.path.insert(0, str(target))
    config["ckan.plugins"] = [*(enabled.split() if isinstance(enabled, str) else enabled), "badge"]
    yield target
    config["ckan.plugins"] = enabled
    sys.path.remove(str(target))
    for name in [name for name in sys.modules if name.partition(".badge")[0] == "ckanext"]:
        del sys.modules[name]
