"""Schemas of a city at start: what is added to them, and the one line for what cannot work."""

import json

import pytest
import yaml
from ckan import plugins
from ckan.common import config
from ckan.exceptions import CkanConfigurationException
from ckanext.opensmartcity.standard import shipped_folder
from support.own_types import SCHEMAS

TITLE = {"field_name": "title", "label": "Title"}
OURS = "ckanext.opensmartcity.schemas:"
FORM_OF_ANOTHER = "example_idatasetform_v6"


@pytest.fixture
def start(monkeypatch, tmp_path):
    """Return a function that starts the plugins with schemas by file name, and returns scheming's expanded ones."""

    def load(schemas, types="dataset", **options):
        urls = []
        for name, schema in schemas.items():
            (tmp_path / name).write_text(json.dumps({"scheming_version": 2, "resource_fields": [], **schema}))
            urls.append((tmp_path / name).as_uri())
        options = {"scheming.dataset_schemas": " ".join([*urls, *options.pop("ours", [])]), **options}
        monkeypatch.setitem(config, "ckanext.opensmartcity.dataset_types", types)
        for name, value in options.items():
            monkeypatch.setitem(config, name, value)
        plugins.unload_all()
        plugins.load_all()
        return plugins.get_plugin("scheming_datasets")._expanded_schemas

    yield load
    monkeypatch.undo()
    plugins.unload_all()


def schema(kind="dataset", *fields, **more):
    return {"dataset_type": kind, "dataset_fields": [TITLE, *fields], **more}


REFUSED = {
    "field with our name": (
        {"own.json": schema("dataset", {"field_name": "privacy_class", "label": "Privacy"})},
        {},
        ["own.json", "'privacy_class'", "'dataset'", "rename it"],
    ),
    "two schemas of the city": (
        {"one.json": schema(), "two.json": schema()},
        {},
        ["one.json, ", "two.json", "'dataset'", "Name only your own"],
    ),
    "a schema of the city and ours": (
        {"one.json": schema()},
        {"ours": [f"{OURS}dataset.yaml"]},
        ["one.json, ", f"{OURS}dataset.yaml", "Name only your own"],
    ),
    "type without a schema": (
        {"one.json": schema("map")},
        {"types": "dataset mpa"},
        ["ckanext.opensmartcity.dataset_types", "'mpa'", "scheming.dataset_schemas", "map"],
    ),
    "name that is no type": ({}, {"types": "data/set"}, ["ckanext.opensmartcity.dataset_types", "'data/set'"]),
    "no scheming": ({}, {"ckan.plugins": "opensmartcity"}, ["ckan.plugins", "scheming_datasets, after opensmartcity"]),
    "scheming in front": (
        {},
        {"ckan.plugins": "scheming_datasets opensmartcity"},
        ["ckan.plugins", "scheming_datasets, after opensmartcity"],
    ),
    "form of another plugin": (
        {"one.json": schema("map")},
        {"types": "dataset fancy_type", "ckan.plugins": f"opensmartcity scheming_datasets {FORM_OF_ANOTHER}"},
        [f"'{FORM_OF_ANOTHER}'", "IDatasetForm", "'fancy_type'", "ckanext.opensmartcity.dataset_types"],
    ),
    "unknown group in the order of pages": (
        {},
        {"ckanext.opensmartcity.form_pages": "privacy ownershp"},
        ["ckanext.opensmartcity.form_pages", "'ownershp'", "ownership"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_mistake_stops_the_start_with_one_line(start, case):
    schemas, options, words = REFUSED[case]
    with pytest.raises(CkanConfigurationException) as refused:
        start(schemas, **options)
    message = str(refused.value)
    assert [word for word in words if word not in message] == [], message
    assert "\n" not in message


def test_a_plain_portal_gets_both_schemas_of_the_standard(start):
    loaded = start({})
    assert set(loaded) == {"dataset", "algorithm"}
    for kind in loaded:
        shipped = yaml.safe_load((shipped_folder() / f"{kind}.yaml").read_text(encoding="utf-8"))
        assert [f["field_name"] for f in loaded[kind]["dataset_fields"]] == [
            f["field_name"] for f in shipped["dataset_fields"]
        ]


def test_own_fields_come_first_in_their_order_and_own_validators_stay(start):
    own = schema("dataset", {"field_name": "centre", "label": "Centre"}, before_validators="ignore_empty")
    loaded = start({"own.json": own})["dataset"]
    names = [field["field_name"] for field in loaded["dataset_fields"]]
    assert names[:2] == ["title", "centre"]
    assert "author" not in names
    assert loaded["before_validators"] == "opensmartcity_governance ignore_empty"
    assert loaded["resource_fields"] == []


def test_an_own_type_for_algorithms_gets_their_questions(start):
    loaded = start({"own.json": schema("algorithm", {"field_name": "vendor", "label": "Vendor"})})
    names = [field["field_name"] for field in loaded["algorithm"]["dataset_fields"]]
    assert names[:2] == ["title", "vendor"]
    assert "algorithm_risk" in names


def test_a_type_that_is_not_named_is_left_alone(start):
    loaded = start({"own.json": schema("photo"), "map.json": schema("map")}, types="map")
    assert [field["field_name"] for field in loaded["photo"]["dataset_fields"]] == ["title"]
    assert "before_validators" not in loaded["photo"]
    assert set(loaded) == {"photo", "map", "algorithm"}


@pytest.mark.parametrize("presets", [None, "ckanext.scheming:presets.json"])
def test_a_copy_of_our_schema_of_an_earlier_version_keeps_working(start, presets):
    copy = yaml.safe_load((shipped_folder() / "dataset.yaml").read_text(encoding="utf-8"))
    fields = {field["field_name"]: field for field in copy["dataset_fields"]}
    fields["privacy_class"] |= {"label": "Our words", "vocabulary": "of_before"}
    del fields["fitness_limits"]
    copy["dataset_fields"] = [{"field_name": "centre", "label": "Centre"}, *fields.values()]
    options = {"scheming.presets": presets} if presets else {}
    loaded = start({"copy.json": copy}, ours=[f"{OURS}algorithm.yaml"], **options)["dataset"]
    names = [field["field_name"] for field in loaded["dataset_fields"]]
    assert names == ["centre", *fields, "fitness_limits"]
    private = next(field for field in loaded["dataset_fields"] if field["field_name"] == "privacy_class")
    assert (private["label"], private["vocabulary"]) == ("Our words", "privacy_class")
    assert private["form_snippet"] == "opensmartcity/form/select.html"
    assert loaded["before_validators"] == "opensmartcity_governance"


def test_loading_the_plugins_again_adds_nothing_twice(start):
    schemas = {"own.json": yaml.safe_load((SCHEMAS / "dataset.yaml").read_text(encoding="utf-8"))}
    assert start(schemas) == start(schemas)
