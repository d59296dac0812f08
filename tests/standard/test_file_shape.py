"""Published JSON Schemas of the YAML files: valid, current, complete, and each mistake has file, line and key."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ckanext.opensmartcity.exchange.registers.mapping import CONVERSIONS
from ckanext.opensmartcity.standard import AnswerType, SourceError, shipped_folder
from ckanext.opensmartcity.standard.file_shape import CITY, check_shape, overlay_schema
from ckanext.opensmartcity.standard.sentences_loader import STATES
from ckanext.opensmartcity.standard.yaml_source import Section, read
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
FOLDER = shipped_folder() / "json" / "files"
SCHEMAS = {path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8")) for path in FOLDER.iterdir()}
# The presets of ckanext-scheming have a shape of their own.
SHIPPED = sorted(path for path in shipped_folder().rglob("*.yaml") if path.name != "presets.yaml")
EXAMPLE = sorted((ROOT / "docs" / "example-city").rglob("*.yaml"))
LINE = re.compile(r"^# yaml-language-server: \$schema=(\S+)$")
# Keys of ckanext-scheming and free mappings, whose values have no shape here.
FREE = {"scheming_version", "about", "about_url", "before_validators", "after_validators", "resources_optional"}
FREE |= {"resource_fields", "classes", "display_snippet", "form_attrs", "form_placeholder", "form_snippet"}


def kind_of(path):
    """Return the kind that the first line of a file names for editors."""
    match = LINE.match(path.read_text("utf-8").partition("\n")[0])
    assert match, f"{path.name} has no line that names its schema"
    schema = (path.parent / match[1]).resolve()
    assert schema.is_file(), match[1]
    return schema.name.removesuffix(".schema.json")


@pytest.mark.parametrize("path", SHIPPED + EXAMPLE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_names_its_schema_and_fits_it(path):
    kind = kind_of(path)
    assert path in EXAMPLE or not kind.startswith(CITY)
    check_shape(read(path), kind)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one(name):
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$id"].endswith(f"/{name}.schema.json")
    assert SCHEMAS[name]["title"]


def test_the_schemas_of_a_city_are_current():
    for name in (name for name in SCHEMAS if name.startswith(CITY)):
        assert SCHEMAS[name] == overlay_schema(name.removeprefix(CITY)), "run: make reference"


def test_lists_of_words_are_those_of_the_code():
    field = SCHEMAS["record"]["$defs"]["field"]["properties"]
    answers = {f"opensmartcity_{each.value}" for each in AnswerType if each is not AnswerType.DECLARATIONS}
    assert set(field["preset"]["allOf"][1]["enum"]) == answers
    assert SCHEMAS["sentences"]["$defs"]["sentence"]["properties"]["state"]["allOf"][1]["enum"] == list(STATES)
    assert SCHEMAS["register"]["$defs"]["line"]["properties"]["as"]["allOf"][1]["enum"] == CONVERSIONS


def places(value, path=()):
    """Yield the path of every key of a file, and the section that has it; one for each shape of path."""
    seen = set()
    if isinstance(value, Section):
        for key, inner in value.items():
            for at in [((*path, key), value, key), *places(inner, (*path, key))]:
                shape = tuple(part for part in at[0] if isinstance(part, str))
                if shape not in seen:
                    seen.add(shape)
                    yield at
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))


def is_free(path):
    """Tell whether the value of a key has no shape: within a condition, a free mapping, or a field of CKAN."""
    # A list of fields may hold fields of ckanext-scheming; of a gap that is not intrinsic, the severity is wrong.
    if path in (("dataset_fields",), ("rules", 0, "intrinsic")):
        return True
    return bool(FREE & set(path)) or any(word in path[:-1] for word in ("when", "of", "where", "constants", "back"))


def mistake(section, kind):
    """Return the error of a file, or None."""
    try:
        check_shape(section, kind)
    except SourceError as error:
        return error
    return None


def wrong(text, section, key):
    """Return a value of YAML at the place of a key."""
    value = {"a mapping": Section(a=[1]), "a number": 7, "nothing": ""}[text]
    if isinstance(value, Section):
        value.file, value.line, value.lines, value.files = section.file, section.lines[key], {}, {}
        value = [value]
    return value


@pytest.mark.parametrize("name", ["standard", "dataset", "rules", "sentences", "figures", "changelog"])
@pytest.mark.parametrize("text", ["a mapping", "a number", "nothing"])
def test_a_value_of_another_kind_is_an_error_at_its_line(name, text):
    path = shipped_folder() / f"{name}.yaml"
    kind, whole = kind_of(path), read(path)
    tried = 0
    for at, section, key in list(places(whole)):
        of_ckan = "dataset_fields" in at and section is not whole and "group" not in section
        if is_free(at) or of_ckan:
            continue
        before, section[key] = section[key], wrong(text, section, key)
        stopped = mistake(whole, kind)
        section[key] = before
        assert stopped, f"{at} may be {text}"
        assert (stopped.file, stopped.line) == (section.files.get(key, section.file), section.lines[key]), at
        assert stopped.reason, at
        tried += 1
    assert tried >= 3
