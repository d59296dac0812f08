"""docs/linked-data.md: lists the RDF property of every field."""

import re
from pathlib import Path

import pytest
from ckanext.opensmartcity.exchange.rdf.property_mapping import property_plan

PAGE = (Path(__file__).parents[3] / "docs" / "linked-data.md").read_text(encoding="utf-8")
PREFIXES = dict(re.findall(r"^\| `([\w-]+)` \| <(\S+)> \|$", PAGE, re.MULTILINE))
ROW = re.compile(r"^\| `(\w+)` \| `([\w-]+):([\w-]+)` \| (?:`([\w-]+):([\w-]+)`)? *\|$", re.MULTILINE)


@pytest.mark.parametrize(("kind", "heading"), [("dataset", "### Datasets"), ("algorithm", "### Algorithms")])
def test_every_field_stands_there_with_its_terms(standard, kind, heading):
    rows = ROW.findall(PAGE.partition(heading)[2].partition("\n\n###")[0].partition("Further shapes")[0])
    plan, fields = property_plan(standard, kind), standard.records[kind].fields
    exact = {name: f"{PREFIXES[prefix]}{term}" for name, prefix, term, _, _ in rows}
    assert exact == {name: str(term) for name, term in plan.exact.items()}
    shared = {name: f"{PREFIXES[prefix]}{term}" for name, _, _, prefix, term in rows if prefix}
    wanted = {name for name, field in fields.items() if field.iri in plan.shared and field.iri != exact[name]}
    assert shared == {name: fields[name].iri for name in wanted}
