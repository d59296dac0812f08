"""Two portals on the same services in separate processes: one with our plugin, one with plain scheming fields.

Both get the same operations in turns and report the seconds of each, so that other load affects both alike.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ckanext.opensmartcity.standard import DECLARED_FIELD, RecordType, load_standard, shipped_folder

PROJECT = Path(__file__).parents[2]
OURS, PLAIN = "ours", "plain"


class Spent(NamedTuple):
    """Wall-clock seconds, and processor seconds of the portal's process alone."""

    clock: float
    processor: float


class Portal:
    """A portal in a separate process (worker.py)."""

    def __init__(self, ini: Path, kind: str) -> None:
        command = [sys.executable, "-m", f"{__package__}.worker", str(ini), kind]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=PROJECT)

    def do(self, work: str, **arguments: Any) -> Spent:
        """Run an operation in the portal and return the time that it took."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([work, arguments]) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("["):
                return Spent(*json.loads(line))
        raise SystemExit(f"the portal of a benchmark stopped while it did {work}")

    def stop(self) -> None:
        """Stop the process."""
        self._process.communicate()


@contextmanager
def both() -> Iterator[dict[str, Portal]]:
    """Start both portals, by kind, and stop them at the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        portals = {kind: Portal(_ini(Path(folder), kind), kind) for kind in (OURS, PLAIN)}
        try:
            yield portals
        finally:
            for portal in portals.values():
                portal.stop()


def _ini(folder: Path, kind: str) -> Path:
    options = {"use": f"config:{PROJECT / 'test.ini'}", "ckan.site_id": f"bench_{kind}"}
    if kind == PLAIN:
        schema = folder / "plain.json"
        schema.write_text(json.dumps(plain_schema(load_standard(shipped_folder()).records["dataset"])))
        options |= {"ckan.plugins": "scheming_datasets", "scheming.dataset_schemas": schema.as_uri()}
    path = folder / f"{kind}.ini"
    path.write_text("[app:main]\n" + "".join(f"{name} = {value}\n" for name, value in options.items()))
    return path


def plain_schema(kind: RecordType) -> dict[str, Any]:
    """Return a scheming schema with a plain text field for each question of the standard."""
    own = [{"field_name": name} for name in ("title", "name", "notes", "license_id", "url")]
    own += [{"field_name": "owner_org", "preset": "dataset_organization"}]  # type: ignore[dict-item]
    own += [{"field_name": "tag_string", "preset": "tag_string_autocomplete"}]
    governed = [{"field_name": name, "label": name} for name in (*kind.fields, DECLARED_FIELD)]
    resource = [{"field_name": name} for name in ("name", "description", "format")]
    return {
        "scheming_version": 2,
        "dataset_type": "dataset",
        "dataset_fields": [*own, *governed],
        "resource_fields": [{"field_name": "url", "preset": "resource_url_upload"}, *resource],
    }
