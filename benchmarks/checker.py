"""`opensmartcity check` on 1,000 to 1,000,000 records: records per second, and constant memory.

The records are those of the demo city, repeated: some are clean, most have one or two findings. They come through a
pipe, so that the disk is not measured. Each is compared with Python's own JSON or CSV reader on the same input.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice
from typing import Any

from ckanext.opensmartcity.cli.common import FINDINGS
from ckanext.opensmartcity.portal import demo
from ckanext.opensmartcity.standard import load_standard, shipped_folder

from .processes import Usage, run
from .results import Result

SIZES = (1_000, 100_000, 1_000_000)
BLOCK = 1_000
TODAY = date(2026, 6, 1)
REQUIRED = 10_000 / 60
CHECK = "from ckanext.opensmartcity.cli.main import main; main()"
READER = {
    "jsonl": "import json, sys\nfor line in sys.stdin.buffer: json.loads(line)",
    "csv": "import csv, sys\nfor row in csv.DictReader(sys.stdin): pass",
}


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Result]:
    """Measure JSON Lines and CSV at each size."""
    for form, (head, block) in files().items():
        first: Usage | None = None
        for size in sizes:
            arguments = ["check", "--input", form, "--date", TODAY.isoformat(), "-"]
            checked = run([sys.executable, "-c", CHECK, *arguments], _parts(head, block, size))
            if checked.exit_code != FINDINGS:
                raise SystemExit(f"the checker ended with {checked.exit_code} on {size} records of {form}")
            reader = run([sys.executable, "-c", READER[form]], _parts(head, block, size))
            first = first or checked
            yield _result(form, size, checked, reader, first)


def files() -> dict[str, tuple[bytes, bytes]]:
    """Return header and a block of 1,000 records by format."""
    records = list(islice(cycle(_records()), BLOCK))
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    head, rows = io.StringIO(), io.StringIO()
    names = list(dict.fromkeys(name for record in records for name in record))
    csv.DictWriter(head, names).writeheader()
    csv.DictWriter(rows, names).writerows({name: _cell(value) for name, value in record.items()} for record in records)
    return {"jsonl": (b"", lines.encode()), "csv": (head.getvalue().encode(), rows.getvalue().encode())}


def _records() -> Iterator[dict[str, Any]]:
    types = load_standard(shipped_folder()).records
    for record in demo.read_city(TODAY).packages:
        kind = str(record.get("type") or "dataset")
        known = {"name", "title", "license_id", "private", "type", "governance_declared", *types[kind].fields}
        yield {name: value for name, value in record.items() if name in known}


def _cell(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, (list, dict)) else value


def _parts(head: bytes, block: bytes, size: int) -> Iterator[bytes]:
    yield head
    for _ in range(size // BLOCK):
        yield block


def _result(form: str, size: int, checked: Usage, reader: Usage, first: Usage) -> Result:
    ratios = {
        "the required 10,000 a minute": size / checked.seconds / REQUIRED,
        "the time of Python's own reader": checked.seconds / reader.seconds,
        "the memory of 1,000 records": checked.megabytes / first.megabytes,
    }
    return Result(f"{form}, {size:,} records", size, "records", checked.seconds, checked.megabytes, ratios)
