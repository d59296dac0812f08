"""The shipped schemas beside the tables that were agreed on: every group, field, code and rule is there."""

import re

import pytest
from ckanext.opensmartcity.standard import LEVELS
from standard.inputs import STANDARD

TYPES = (
    (r"JSON object", "declarations"),
    (r"list of ISO 3166-1 alpha-2 or", "jurisdictions"),
    (r"list of ISO 3166-1", "countries"),
    (r"ISO 3166-1", "country"),
    (r"ISO 8601 duration", "duration"),
    (r"list of ids or names of `algorithm`", "systems"),
    (r"list of URLs", "urls"),
    (r"list of text or URI", "texts_or_uris"),
    (r"list of text", "texts"),
    (r"list from DPV", "codes"),
    (r"text or URL", "text_or_url"),
    (r"text\b", "text"),
    (r"contact", "contact"),
    (r"date\b", "date"),
    (r"URI$", "uri"),
    (r"URL$", "url"),
    (r"UUID$", "uuid"),
    (r"list:", "codes"),
    (r"GDPR chapter V codes", "codes"),
    (r"\w+, \w+", "code"),
)
# A text may be given more than one line, and the word "text" says no more than that.
SAME = {"long_text": "text"}
CODE = re.compile(r"\bA\d+(?:-\d+)?(?:-[a-z])?\b|\b[a-z]+(?:_[a-z]+)*\b")
BEYOND = {"OSC-002", "OSC-003", "OSC-004", "OSC-005"}


@pytest.fixture(scope="module")
def agreed(metadata):
    return (metadata.parent / "standard.md").read_text(encoding="utf-8")


def table(text, head):
    """Return the rows of the table whose head begins with these words."""
    lines = text[text.index(f"| {head} |") :].splitlines()[2:]
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def kind_of(cell):
    return next(kind for pattern, kind in TYPES if re.match(pattern, cell))


def codes_of(cell):
    """Return the codes that a cell lists, ranges spelt out."""
    cell = re.sub(r"\bgdpr\b|GDPR chapter V codes|^list:", "", cell)
    cell = re.sub(r"\((?!A\d)[^)]*\)", "", cell)
    cell = re.sub(r"(A\d+-\d+-)([a-z])\s*…\s*(?:A\d+-\d+-)?([a-z])", spelt_out, cell)
    return CODE.findall(cell)


def spelt_out(found):
    stem, first, last = found.groups()
    return ", ".join(stem + chr(letter) for letter in range(ord(first), ord(last) + 1))


def obligation(cell):
    return "-" if not cell else "always" if cell == "*" else "if"


def shipped_obligation(field):
    return "-" if field.obligation is None else "always" if field.obligation == "always" else "if"


def shipped_codes(field):
    return [code for code in STANDARD.vocabulary_of(field).codes if code != "unknown"]


def test_the_groups_and_their_questions(agreed):
    groups = STANDARD.records["dataset"].groups
    assert [[group.id, group.question] for group in groups] == table(agreed, "group")


def test_every_dataset_field_with_its_type_and_obligation(agreed):
    rows = {name: (kind_of(cell), obligation(required)) for name, cell, required, _ in table(agreed, "field")}
    assert rows.pop("governance_declared") == ("declarations", "-")
    fields = STANDARD.records["dataset"].fields
    assert len(rows) == len(fields) > 45
    shipped = {n: (SAME.get(f.type.value, f.type.value), shipped_obligation(f)) for n, f in fields.items()}
    assert shipped == rows


def test_every_code_of_every_dataset_field(agreed):
    fields = STANDARD.records["dataset"].fields
    listed = {name: codes_of(cell) for name, cell, *_ in table(agreed, "field") if kind_of(cell) in ("code", "codes")}
    assert listed.pop("privacy_personal_data")  # a whole taxonomy, not listed there
    assert len(listed) > 12
    assert {name: shipped_codes(fields[name]) for name in listed} == listed
    coded = {name for name, field in fields.items() if field.type.is_coded}
    assert coded == listed.keys() | {"privacy_personal_data"}


def algorithm_fields(text):
    """Return name, what stands in brackets, and whether a star follows, of each field of the paragraph."""
    paragraph = text[text.index("`algorithm_status`") : text.index("Datasets used are computed")]
    before = ""
    for name, inside, star in re.findall(r"`(\w+)`(?:\s*\(([^)]*)\))?(\*?)", paragraph):
        full = before + name if name.startswith("_") else name
        before = full
        yield full, " ".join(inside.split()), bool(star)


def test_every_algorithm_field_with_its_obligation(agreed):
    listed = {
        name: "if" if inside.startswith("required if") else "always" if star else "-"
        for name, inside, star in algorithm_fields(agreed)
    }
    assert listed.pop("governance_declared") == "-"
    fields = STANDARD.records["algorithm"].fields
    assert {name: shipped_obligation(field) for name, field in fields.items()} == listed


def test_every_code_of_every_algorithm_field(agreed):
    listed = {name: inside.partition(";")[0].split(", ") for name, inside, _ in algorithm_fields(agreed)}
    fields = {name: field for name, field in STANDARD.records["algorithm"].fields.items() if field.type.is_coded}
    assert len(fields) == 5
    assert {name: shipped_codes(field) for name, field in fields.items()} == {name: listed[name] for name in fields}


def test_every_rule_with_its_severity(agreed):
    listed = {name: severity for name, severity, _ in table(agreed, "id")}
    shipped = {rule.id: rule.severity for rule in STANDARD.rules.values()}
    assert {name: severity for name, severity in shipped.items() if name not in BEYOND} == listed
    assert shipped.keys() >= BEYOND
    assert {shipped[name] for name in BEYOND} == {"error"}


def test_the_levels_in_their_order(agreed):
    named = re.findall(r"`(\w+)`", agreed[agreed.index("## Level") :])
    assert tuple(dict.fromkeys(named)) == LEVELS
