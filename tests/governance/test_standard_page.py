"""Pages of the standard: each clause under a stable anchor, in each language, with ETags."""

import json
import re

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.standard import language
from ckanext.opensmartcity.standard.json_schema import json_schema
from ckanext.opensmartcity.standard.reference_docs import reference

PAGE = "/transparency/standard"
CONTEXT = "/transparency/context.jsonld"
FORMS = (f"{PAGE}.json", f"{PAGE}.md", f"{PAGE}/dataset.schema.json", f"{PAGE}/algorithm.schema.json", CONTEXT)
ADDRESSES = (PAGE, *FORMS)


def ids(body):
    return re.findall(r' id="([^"]+)"', body)


def test_every_question_rule_and_vocabulary_has_an_anchor_of_its_own(app, standard):
    found = ids(app.get(PAGE).body)
    fields = {f"{kind}-{name}" for kind, record in standard.records.items() for name in record.fields}
    assert fields | set(standard.rules) | {f"codes-{name}" for name in standard.vocabularies} <= set(found)
    assert len(found) == len(set(found))


def test_every_link_within_the_page_leads_somewhere(app):
    body = app.get(PAGE).body
    assert set(re.findall(r'href="#([^"]+)"', body)) <= set(ids(body))


def test_every_question_code_and_rule_is_said(app, standard):
    body = app.get(PAGE).body
    for record in standard.records.values():
        for field in record.fields.values():
            assert f"<strong>{field.question.replace(chr(39), '&#39;')}</strong>" in body
    for vocabulary in standard.vocabularies.values():
        for code in vocabulary.codes:
            assert f"<dt><code>{code}</code></dt>" in body
    assert call_action("governance_standard_show")["digest"] in body


@pytest.mark.parametrize("code", ["en", "nl"])
def test_it_is_there_in_each_language_as_page_json_and_markdown(app, standard, code):
    prefix, reader = ("" if code == "en" else f"/{code}"), language(code)
    assert f"<h1>{reader.translate(standard.name)}</h1>" in app.get(prefix + PAGE).body
    assert app.get(f"{prefix}{PAGE}.json").json == call_action("governance_standard_show", lang=code)
    assert app.get(f"{prefix}{PAGE}.md").body == reference(standard, reader)
    for kind in standard.records:
        schema = json.loads(app.get(f"{prefix}{PAGE}/{kind}.schema.json").body)
        assert schema == json.loads(json.dumps(json_schema(standard, kind, "NL", reader.translate)))


def test_the_accept_header_chooses_json(app):
    answer = app.get(PAGE, headers={"Accept": "application/json"})
    assert answer.json["version"] == "1.0.0"
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_has_it_already_is_told_only_that_nothing_changed(app, address):
    first = app.get(address)
    again = app.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.body) == (200, 304, "")
    assert app.get(address, headers={"If-None-Match": 'W/"old"'}).status_code == 200
    assert again.headers["ETag"] == first.headers["ETag"]


def test_each_language_and_form_has_a_tag_of_its_own(app):
    answers = [app.get(prefix + address) for address in ADDRESSES for prefix in ("", "/nl")]
    tags = [answer.headers["ETag"] for answer in answers]
    assert len(set(tags)) == len(tags)


def test_the_page_leads_to_its_other_forms_and_to_the_description_of_the_api(app):
    body = app.get(PAGE).body
    for address in (*FORMS, "/transparency/openapi.json"):
        assert f'href="{address}"' in body
        assert app.get(address).status_code == 200


def test_a_kind_of_record_that_is_not_there_is_not_found(app):
    assert app.get(f"{PAGE}/house.schema.json").status_code == 404


def test_transparency_pages_lead_to_it_and_concerns_to_their_rule(app, current):
    dataset = factories.Dataset(**current | {"license_id": "notspecified"})
    body = app.get(f"/dataset/{dataset['name']}/transparency").body
    assert f'href="{PAGE}"' in body
    assert f'href="{PAGE}#OSC-015"' in body
