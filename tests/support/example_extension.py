"""The example extension of docs/how-to/extend, installed into a temporary folder and enabled on the test portal."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ckan.common import config
from ckanext.opensmartcity.standard.predicates import FIELD_PREDICATES

SOURCE = Path(__file__).parents[2] / "docs/how-to/extend/ckanext-badge"


@pytest.fixture(scope="module")
def example_extension(tmp_path_factory) -> Iterator[Callable[[], None]]:
    """Install ckanext-badge from a copy of its source, and yield a function that adds it to ckan.plugins.

    Call it before each start: CKAN's fixtures restore the options after a test.
    """
    copy, target = tmp_path_factory.mktemp("source") / "ckanext-badge", tmp_path_factory.mktemp("installed")
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    offline = ("--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "install", "--quiet", *offline, "--target", target, copy]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    given = config["ckan.plugins"]
    names = given.split() if isinstance(given, str) else given
    sys.path.insert(0, str(target))
    predicates = dict(FIELD_PREDICATES)
    yield lambda: config.update({"ckan.plugins": [*names, "badge"]})
    config["ckan.plugins"] = given
    FIELD_PREDICATES.clear()
    FIELD_PREDICATES.update(predicates)
    sys.path.remove(str(target))
    for name in [name for name in sys.modules if f"{name}.".startswith("ckanext.badge.")]:
        del sys.modules[name]
