"""A walk of 10,000 rows and more by cursor while a second process makes, changes, hides, deletes and purges datasets.

Empties and fills the database and the index that it is given: run it on the services of the test run only.

    .venv/bin/python benchmarks/audit_walk.py test.ini 11500

It fails if a record that was there throughout is not met exactly once, by the action and by an export.
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

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

LIMIT = 20


def main(ini: str, size: int) -> None:
    """Fill, walk twice beside a second process, and say what was met."""
    app = make_app(load_config(ini))
    with app._wsgi_app.test_request_context():
        model.repo.rebuild_db()
        ledger_tables.renew()
        search.clear_all()
        fill(size)
        for name, walk in {"governance_audit": by_action, "export": by_export}.items():
            beside(ini, name, walk)


def by_action() -> Iterator[str]:
    """Yield the ids of all pages."""
    cursor: dict[str, str] = {}
    while True:
        page = call_action("governance_audit", limit=LIMIT, include_private="false", **cursor)
        yield from (row["id"] for row in page["rows"])
        if page["next_cursor"] is None:
            return
        cursor = {"cursor": page["next_cursor"]}


def by_export() -> Iterator[str]:
    """Yield the ids of an export, as slowly as a reader far away takes them."""
    export = read_export("", {})
    for page in Export(export.audit, export.user, size=LIMIT).pages():
        time.sleep(0.05)
        yield from (row.record["id"] for row in page)


def beside(ini: str, name: str, walk: Any) -> None:
    """Walk while the second process works, and compare with what was there before and after."""
    before = listed()
    pipe = subprocess.PIPE
    worker = subprocess.Popen([sys.executable, __file__, ini, "disturb"], stdin=pipe, stdout=pipe, text=True)
    assert worker.stdout
    worker.stdout.readline()
    begin = time.perf_counter()
    met = Counter(walk())
    seconds = time.perf_counter() - begin
    # It ends what it has begun: what is broken off midway would be counted as there and not there.
    said = [line.split() for line in worker.communicate()[0].splitlines()]
    done, touched = Counter(words[0] for words in said), {words[1]: words for words in said if len(words) > 1}
    throughout = before & listed()
    doubled, lost = [each for each, times in met.items() if times > 1], throughout - met.keys()
    print(f"{name}: {len(met):,} rows met in {seconds:.0f} s; beside it {dict(done)}", flush=True)
    print(f"  there throughout: {len(throughout):,}, of these lost: {len(lost)}, doubled: {len(doubled)}", flush=True)
    for each in (*doubled, *lost):
        print(f"  {each}: {touched.get(each, 'nothing was done to it')}", flush=True)
    assert not doubled
    assert not lost
    assert sum(done.values()) > 10


def listed() -> set[str]:
    """Return the ids that the index has for everybody."""
    asked = {"fq": f"+capacity:public +state:active +site_id:{tk.config['ckan.site_id']}", "rows": 1_000_000}
    return {document["id"] for document in make_connection().search("*:*", fl="id:field(id)", **asked).docs}


def disturb(ini: str) -> None:
    """Change something until standard input ends, and tell each time what."""
    app, chance = make_app(load_config(ini)), random.Random(time.time())  # noqa: S311  (no secret)
    with app._wsgi_app.test_request_context():
        owner = model.Group.all("organization")[0].id
        ids = sorted(listed())
        works = {
            "made": lambda _: call_action("package_create", name=f"made-{chance.getrandbits(60):x}", owner_org=owner),
            "changed": lambda each: call_action("package_patch", id=each, title="Changed"),
            "hidden": lambda each: call_action("package_patch", id=each, private=True, owner_org=owner),
            "deleted": lambda each: call_action("package_delete", id=each),
            "purged": lambda each: call_action("dataset_purge", id=each),
        }
        print("begun", flush=True)
        while not select.select([sys.stdin], [], [], 0)[0]:
            name, each = chance.choice(list(works)), ids.pop(chance.randrange(len(ids)))
            try:
                works[name](each)
            except (tk.ValidationError, tk.ObjectNotFound) as error:
                print(f"refused {error}", flush=True)
            else:
                print(name, each, flush=True)
            model.Session.remove()


if __name__ == "__main__":
    if "test" not in Path(sys.argv[1]).name:
        sys.exit("This empties the database and the index. Give the test.ini of this project.")
    if sys.argv[2:] == ["disturb"]:
        disturb(sys.argv[1])
    else:
        main(sys.argv[1], int(sys.argv[2]))
