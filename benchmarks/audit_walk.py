"""Keyset pagination under concurrent writes: read 10,000 rows while a second process changes and deletes datasets.

Empties and fills the configured database and index: run it on the services of the test run only.

    .venv/bin/python benchmarks/audit_walk.py test.ini 11500

It fails if a record that existed throughout is not returned exactly once, by the action and by an export.
"""

from __future__ import annotations

import random
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app
from ckan.lib import search
from ckan.lib.search.common import make_connection
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.audit.export import Export, read_export
from support import ledger_tables

from benchmarks.scale.filling import fill

LIMIT = 20


def main(ini: str, size: int) -> None:
    """Fill the catalogue, then read it by both ways beside a second process."""
    app = make_app(load_config(ini))
    with app._wsgi_app.test_request_context():
        model.repo.rebuild_db()
        ledger_tables.renew()
        search.clear_all()
        fill(size)
        for name, walk in {"governance_audit": by_action, "export": by_export}.items():
            compare(ini, name, walk)


def by_action() -> Iterator[str]:
    """Yield the ids of all pages of governance_audit."""
    cursor: dict[str, str] = {}
    while True:
        page = call_action("governance_audit", limit=LIMIT, include_private="false", **cursor)
        yield from (row["id"] for row in page["rows"])
        if page["next_cursor"] is None:
            return
        cursor = {"cursor": page["next_cursor"]}


def by_export() -> Iterator[str]:
    """Yield the ids of an export, slowed down like a distant client."""
    export = read_export("", {})
    for page in Export(export.audit, export.user, size=LIMIT).pages():
        time.sleep(0.05)
        yield from (row.record["id"] for row in page)


def compare(ini: str, name: str, walk: Any) -> None:
    """Read all ids while the second process writes; compare them with the ids before and after."""
    before = public_ids()
    pipe = subprocess.PIPE
    worker = subprocess.Popen([sys.executable, __file__, ini, "disturb"], stdin=pipe, stdout=pipe, text=True)
    assert worker.stdout
    worker.stdout.readline()
    begin = time.perf_counter()
    seen = Counter(walk())
    seconds = time.perf_counter() - begin
    # The worker finishes its last write before it ends; a half-written dataset would count as both present and absent.
    operations = [line.split() for line in worker.communicate()[0].splitlines()]
    counts = Counter(words[0] for words in operations)
    last = {words[1]: words for words in operations if len(words) > 1}
    throughout = before & public_ids()
    doubled, lost = [id for id, times in seen.items() if times > 1], throughout - seen.keys()
    print(f"{name}: {len(seen):,} rows read in {seconds:.0f} s; meanwhile {dict(counts)}", flush=True)
    print(f"  present throughout: {len(throughout):,}, of these lost: {len(lost)}, doubled: {len(doubled)}", flush=True)
    for id in (*doubled, *lost):
        print(f"  {id}: {last.get(id, 'not changed')}", flush=True)
    assert not doubled
    assert not lost
    assert sum(counts.values()) > 10


def public_ids() -> set[str]:
    """Return the ids of all public datasets in the index."""
    params = {"fq": f"+capacity:public +state:active +site_id:{tk.config['ckan.site_id']}", "rows": 1_000_000}
    return {document["id"] for document in make_connection().search("*:*", fl="id:field(id)", **params).docs}


def disturb(ini: str) -> None:
    """Apply random writes until standard input ends, and print each."""
    app, chance = make_app(load_config(ini)), random.Random(time.time())  # noqa: S311  (no secret)
    with app._wsgi_app.test_request_context():
        owner = model.Group.all("organization")[0].id
        ids = sorted(public_ids())
        operations = {
            "made": lambda _: call_action("package_create", name=f"made-{chance.getrandbits(60):x}", owner_org=owner),
            "changed": lambda id: call_action("package_patch", id=id, title="Changed"),
            "hidden": lambda id: call_action("package_patch", id=id, private=True, owner_org=owner),
            "deleted": lambda id: call_action("package_delete", id=id),
            "purged": lambda id: call_action("dataset_purge", id=id),
        }
        print("begun", flush=True)
        while not select.select([sys.stdin], [], [], 0)[0]:
            name, id = chance.choice(list(operations)), ids.pop(chance.randrange(len(ids)))
            try:
                operations[name](id)
            except (tk.ValidationError, tk.ObjectNotFound) as error:
                print(f"refused {error}", flush=True)
            else:
                print(name, id, flush=True)
            model.Session.remove()


if __name__ == "__main__":
    if "test" not in Path(sys.argv[1]).name:
        sys.exit("This empties the database and the index. Give the test.ini of this project.")
    if sys.argv[2:] == ["disturb"]:
        disturb(sys.argv[1])
    else:
        main(sys.argv[1], int(sys.argv[2]))
