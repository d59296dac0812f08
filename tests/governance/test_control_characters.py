"""Control characters in CKAN's own fields: refused when written; in old records removed from every output."""

import json
import xml.etree.ElementTree as ET

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.lib.search import rebuild
from ckan.tests import factories
from ckan.tests.helpers import call_action

CONTROLS = ("\x01", "\x0b", "\x1b", "\x7f", "\x85", "\ufffe")
FIELDS = {
    "title": lambda text: {"title": text},
    "notes": lambda text: {"notes": text},
    "author": lambda text: {"author": text},
    "tags": lambda text: {"tags": [{"name": text}]},
    "extras": lambda text: {"extras": [{"key": "lineage", "value": text}]},
    "resources": lambda text: {"resources": [{"url": "https://city.example/a", "description": text}]},
    "fitness_purpose": lambda text: {"fitness_purpose": text},
}
OUTPUTS = (
    "/feeds/dataset.atom",
    "/transparency/feed",
    "/dataset/{name}/transparency/history.atom",
    "/dataset/{name}/transparency/qr.svg",
)
TEXTS = ("/dataset/{name}/transparency", "/dataset/{name}/transparency.json", "/dataset/{name}", "/dataset/")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_a_control_character_is_refused_at_its_field(field, control):
    with pytest.raises(tk.ValidationError) as refused:
        factories.Dataset(**FIELDS[field](f"Bicycle{control}counts"))
    assert list(refused.value.error_dict) == [field]
    assert "control characters" in json.dumps(refused.value.error_dict[field])


@pytest.mark.parametrize("text", ["Line\nline\r\n\ttab", "Zürich 🚲 \u200f"])
def test_other_texts_are_not(text):
    made = factories.Dataset(title="Plain", notes=text, extras=[{"key": "lineage", "value": text}])
    assert made["extras"][0]["value"] == text


@pytest.fixture
def old(request):
    """A dataset that was stored with control characters before they were refused."""
    made = factories.Dataset(title="Bicycle", notes="Counts", tags=[{"name": "roads"}])
    package = model.Package.get(made["id"])
    package.title, package.notes = "Bi\x0bcycle\x01", "Co\x1bunts"
    package.get_tags()[0].name = "ro\x02ads"
    model.Session.commit()
    rebuild(made["id"])
    return made


@pytest.mark.parametrize("path", OUTPUTS)
def test_an_old_record_breaks_no_feed(app, old, path):
    answer = app.get(path.format(**old))
    assert answer.status_code == 200
    assert ET.fromstring(answer.body) is not None


@pytest.mark.parametrize("path", TEXTS)
def test_an_old_record_is_shown_without_them(app, old, path):
    body = app.get(path.format(**old)).body
    assert "Bicycle" in body
    assert not set(body) & set("\x01\x02\x0b\x1b")


def test_an_old_record_can_be_edited(old):
    patched = call_action("package_patch", id=old["id"], author="Parks")
    assert (patched["title"], patched["notes"], patched["author"]) == ("Bicycle", "Counts", "Parks")
    assert model.Package.get(old["id"]).title == "Bicycle"
