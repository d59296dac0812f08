"""The bulk filler of the benchmarks creates the same index documents as CKAN does from the same rows."""

import json

import pytest
from ckan import logic, model
from ckan.tests.helpers import call_action
from support.ckan_version import IS_2_11

from benchmarks.scale.filling import Filler, collected, documents, fill

SIZE = 40
pytestmark = pytest.mark.skipif(IS_2_11, reason="benchmarks run on the default version of CKAN")


def comparable(document):
    """Return a document for comparison: parsed JSON strings, without empty values, with lists sorted."""
    document = {name: value for name, value in document.items() if value is not None and value != []}
    for name in ("data_dict", "validated_data_dict"):
        document[name] = with_sorted_lists(json.loads(document[name]))
    return document


def with_sorted_lists(value):
    if isinstance(value, dict):
        return {key: with_sorted_lists(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return sorted(map(with_sorted_lists, value), key=lambda entry: json.dumps(entry, sort_keys=True))
    return value


def differences(one, other):
    return {
        name: (one.get(name, "absent"), other.get(name, "absent"))
        for name in one | other
        if one.get(name, "absent") != other.get(name, "absent")
    }


@pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins", "with_request_context")
def test_ckan_indexes_the_filled_datasets_as_the_filler_did():
    fill(SIZE)
    filler = Filler()
    made = [filler.make(number) for number in range(SIZE)]
    ours = {document["id"]: document for document in documents(made)}
    assert len(ours) == SIZE
    model.Session.expire_all()
    with collected() as theirs:
        for name in ours:
            logic.index_update_package({"ignore_auth": True}, name)
    for document in theirs:
        expected, found = comparable(document), comparable(ours[document["id"]])
        for name in ("data_dict", "validated_data_dict"):
            assert differences(found.pop(name), expected.pop(name)) == {}
        assert differences(found, expected) == {}
    public = sum(not each.default["private"] for each in made)
    assert 0 < public < SIZE
    lag = call_action("governance_stats")["index_lag"]
    assert (lag["records"], lag["outdated"]) == (0, 0)
    assert call_action("package_search", q="name:scale*")["count"] == public
