"""Linked data over HTTP: of one record, of the catalogue, and never of what is not public."""

import json
from collections import Counter

import pytest
from ckan.common import config
from ckan.tests import factories
from ckan.tests.helpers import call_action, changed_config
from ckanext.opensmartcity import dcat
from ckanext.opensmartcity.dcat import profile
from ckanext.opensmartcity.exchange.provenance import PROVENANCE_NAME, PROVENANCE_URI
from ckanext.opensmartcity.exchange.rdf import read_answers
from freezegun import freeze_time
from rdflib import DCTERMS, RDF, BNode, Graph, Literal, URIRef
from rdflib.compare import to_isomorphic
from support.ckan_version import IS_2_11
from support.rdf_answers import made_up
from support.roles import ROLES, assert_private_changes_are_invisible, make_city

TODAY = "2026-06-01"
DCAT = "http://www.w3.org/ns/dcat#"
FORMS = {"ttl": ("turtle", "text/turtle"), "jsonld": ("json-ld", "application/ld+json")}


def answers_of(record, standard):
    fields = {*standard.records[record["type"]].fields, "governance_declared", "governance_standard_version"}
    return {name: value for name, value in record.items() if name in fields and value}


def graph_of(answer, form="ttl"):
    return Graph().parse(data=answer.body, format=FORMS[form][0])


def read(graph, record, standard):
    return read_answers(graph, URIRef(f"http://test.ckan.net/dataset/{record['id']}"), standard).record


@pytest.mark.parametrize("form", FORMS)
def test_a_dataset_is_given_with_all_its_answers(app, current, standard, form):
    declared = {"ownership_mandate": {"state": "not_applicable", "reason": "No law asks for it."}}
    dataset = factories.Dataset(**current, governance_declared=declared, fitness_standards=["GTFS", "CSV"])
    answer = app.get(f"/dataset/{dataset['name']}/transparency.{form}")
    assert answer.headers["Content-Type"].startswith(FORMS[form][1])
    assert {"Accept", "Cookie", "Authorization"} <= {each.strip() for each in answer.headers["Vary"].split(",")}
    graph = graph_of(answer, form)
    assert read(graph, dataset, standard) == answers_of(dataset, standard)
    assert (URIRef(f"http://test.ckan.net/dataset/{dataset['id']}"), RDF.type, URIRef(f"{DCAT}Dataset")) in graph


@pytest.mark.parametrize("form", FORMS)
def test_a_private_dataset_is_given_to_its_editors_and_kept_by_nobody_on_the_way(app, current, form):
    editor = factories.UserWithToken()
    organization = factories.Organization(users=[{"name": editor["name"], "capacity": "editor"}])
    dataset = factories.Dataset(**current, private=True, owner_org=organization["id"])
    address, token = f"/dataset/{dataset['name']}/transparency", {"Authorization": editor["token"]}
    with changed_config("ckan.cache_expires", 3600):
        answers = [
            app.get(f"{address}.{form}", headers=token),
            app.get(address, headers={"Accept": FORMS[form][1], **token}),
        ]
    for answer in answers:
        assert answer.headers["Content-Type"].startswith(FORMS[form][1])
        assert set(answer.headers["Cache-Control"].split(", ")) == {"private", "no-store"}


@pytest.mark.parametrize("address", ["/algorithm/{}", "/algorithm/{}/transparency.ttl"])
def test_an_algorithm_is_given_too(app, standard, address):
    system = factories.Dataset(type="algorithm", algorithm_purpose="Plans routes.", algorithm_decision="recommends")
    graph = graph_of(app.get(address.format(system["name"]), headers={"Accept": "text/turtle"}))
    assert read(graph, system, standard) == answers_of(system, standard)
    subject = URIRef(f"http://test.ckan.net/dataset/{system['id']}")
    assert (subject, RDF.type, URIRef(f"{standard.namespace}Algorithm")) in graph


def test_a_dataset_leads_to_the_page_of_the_system_that_uses_it(app, current):
    system = factories.Dataset(type="algorithm")
    dataset = factories.Dataset(**current | {"algorithm_use": "in_use", "algorithm_systems": [system["name"]]})
    page = f"http://test.ckan.net/algorithm/{system['name']}"
    assert f"<{page}>" in app.get(f"/dataset/{dataset['name']}/transparency.ttl").body
    assert f"<{page}>" in app.get(f"/algorithm/{system['name']}/transparency.ttl").body


def test_the_page_leads_to_both_forms(app):
    dataset = factories.Dataset()
    body = app.get(f"/dataset/{dataset['name']}/transparency").body
    for form, (_, kind) in FORMS.items():
        address = call_action("governance_show", id=dataset["id"])["links"][form]
        assert f'<link rel="alternate" type="{kind}" href="{address}">' in body


def test_a_portal_without_ckanext_dcat_says_so_and_offers_nothing(app, monkeypatch):
    monkeypatch.setattr("ckanext.opensmartcity.dcat.is_available", lambda: False)
    dataset = factories.Dataset()
    assert "ckanext-dcat is not installed" in app.get(f"/dataset/{dataset['name']}/transparency.ttl", status=404).body
    page = app.get(f"/dataset/{dataset['name']}/transparency", headers={"Accept": "text/turtle"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert "transparency.ttl" not in page.body
    assert dcat.is_available() is False


@freeze_time(TODAY)
def test_the_day_of_the_assessment_makes_a_new_version(app, current):
    dataset = factories.Dataset(**current)
    path = f"/dataset/{dataset['name']}/transparency.ttl"
    tag = {"If-None-Match": app.get(path).headers["ETag"]}
    assert app.get(path, headers=tag).status_code == 304
    with freeze_time("2027-06-01"):
        later = app.get(path, headers=tag)
    assert later.status_code == 200
    assert "level-answered" in later.body


def catalogue(app, form="ttl"):
    return app.get(f"/catalog.{form}")


@pytest.mark.parametrize("form", ["ttl", "jsonld", "xml", "rdf", "n3"])
def test_the_catalogue_gives_the_answers_in_every_format(app, current, standard, form):
    owner = factories.Organization(title="Mobility")
    dataset = factories.Dataset(owner_org=owner["id"], **current, ownership_suppliers=["zebra", "ant"])
    kinds = {"ttl": "turtle", "jsonld": "json-ld", "xml": "xml", "rdf": "xml", "n3": "n3"}
    graph = Graph().parse(data=catalogue(app, form).body, format=kinds[form])
    assert read(graph, dataset, standard) == answers_of(dataset, standard)


@pytest.mark.parametrize("state", [{"private": True}, {"state": "draft"}, {"state": "deleted"}])
def test_what_is_not_public_is_in_no_catalogue(app, current, state):
    def datasets():
        return len(list(graph_of(catalogue(app)).subjects(RDF.type, URIRef(f"{DCAT}Dataset"))))

    owner, before = factories.Organization()["id"], datasets()
    hidden = factories.Dataset(owner_org=owner, title="Top secret title", **current, **state)
    body = catalogue(app).body
    assert datasets() == before
    assert "Top secret title" not in body
    assert hidden["id"] not in body


def test_the_catalogue_tells_every_role_of_public_records_only_and_all_the_same(app):
    datasets, tokens = make_city()
    answers = {role: app.get("/catalog.ttl", headers=headers) for role, headers in tokens.items()}
    assert set(answers) == set(ROLES)
    assert {answer.status_code for answer in answers.values()} == {200}
    for role, answer in answers.items():
        assert {kind for kind, dataset in datasets.items() if dataset["id"] in answer.body} == {"public"}, role
    first, *others = [to_isomorphic(graph_of(answer)) for answer in answers.values()]
    assert all(other == first for other in others)


def test_a_private_or_draft_record_changes_nothing_in_the_catalogue_of_who_may_not_see_it(app, current):
    owner, token = factories.Organization()["id"], factories.UserWithToken()["token"]
    factories.Dataset(owner_org=owner, **current)

    def seen():
        asked = [app.get("/catalog.ttl", headers=headers) for headers in ({}, {"Authorization": token})]
        return [to_isomorphic(graph_of(answer)) for answer in asked]

    before = assert_private_changes_are_invisible(seen, owner, **current)
    assert all(before)
    factories.Dataset(owner_org=owner, **current)
    assert not [graph for graph, earlier in zip(seen(), before, strict=True) if graph == earlier]


def test_who_may_see_a_private_dataset_gets_its_linked_data(app, current):
    user = factories.UserWithToken()
    owner = factories.Organization(users=[{"name": user["name"], "capacity": "member"}])
    dataset = factories.Dataset(owner_org=owner["id"], private=True, **current)
    path = f"/dataset/{dataset['name']}/transparency.ttl"
    app.get(path, status=404)
    assert "Mobility Department" in app.get(path, headers={"Authorization": user["token"]}).body


def test_qualified_attributions_are_stated_in_the_terms_of_prov(app, current, standard):
    from ckanext.dcat.processors import RDFSerializer  # noqa: PLC0415

    role = "http://inspire.ec.europa.eu/metadata-codelist/ResponsiblePartyRole/distributor"
    attribution = {"agent": [{"name": "Harbour"}], "role": role}
    record = {"id": "a", "title": "A", "type": "dataset", "qualified_attribution": [attribution]} | current
    text = RDFSerializer().serialize_dataset(record, _format="ttl")
    assert "dcat:qualifiedAttribution" not in text
    assert "dcat:Attribution" not in text
    assert "prov:qualifiedAttribution" in text
    assert Literal("Harbour") in set(Graph().parse(data=text, format="turtle").objects())


def test_an_organisation_is_named_as_it_is_called_now(app, current):
    owner = factories.Organization(title="Mobility and Parking")
    dataset = factories.Dataset(owner_org=owner["id"], **current)
    path = f"/dataset/{dataset['name']}/transparency.ttl"
    assert "Mobility and Parking" in app.get(path).body
    call_action("organization_patch", id=owner["id"], title="Streets")
    call_action("package_patch", id=dataset["id"], notes="Renewed.")
    for _ in range(2):
        body = app.get(path).body
        assert "Mobility and Parking" not in body
        assert 'foaf:name "Streets"' in body


def parsed(text, form):
    from ckanext.dcat.processors import RDFParser  # noqa: PLC0415

    parser = RDFParser()
    parser.parse(text, _format=form)
    return list(parser.datasets())


@pytest.mark.parametrize("form", ["ttl", "jsonld", "xml"])
@pytest.mark.usefixtures("with_request_context")
def test_a_harvest_keeps_every_answer_and_says_whose_they_are(standard, form):
    from ckanext.dcat.processors import RDFSerializer  # noqa: PLC0415

    for number in range(6):
        record = made_up(standard, number) | {"id": str(number), "title": "Bicycles", "extras": []}
        record |= {"extras": [{"key": "publisher_name", "value": "City of There"}]}
        record["resources"] = [{"id": "r", "package_id": "1", "url": "https://a.example/f", "format": "Parquet"}]
        [found] = parsed(RDFSerializer().serialize_dataset(record, _format=form), form)
        assert answers_of({"type": "dataset", **found}, standard) == answers_of(record, standard)
        extras = {extra["key"]: extra["value"] for extra in found["extras"]}
        assert extras[PROVENANCE_NAME] == "City of There"
        assert not {"access_rights", "provenance", "conforms_to", "applicable_legislation", "documentation"} & set(
            extras
        )
        assert found["resources"][0]["format"] == "Parquet"
        assert "notes" not in found


@pytest.mark.usefixtures("with_request_context")
@pytest.mark.parametrize(
    "publisher", [{"publisher_name": "City of There"}, {"publisher_uri": "https://there.example"}, {}]
)
def test_no_node_without_an_address_is_named_twice(standard, publisher):
    """rdflib's readable RDF/XML loses what is said of such a node, where it meets it deep enough: now and then."""
    from ckanext.dcat.processors import RDFSerializer  # noqa: PLC0415

    for number in range(20):
        record = made_up(standard, number) | {"id": str(number), "title": "Bicycles"}
        record |= {"extras": [{"key": key, "value": value} for key, value in publisher.items()]}
        record["resources"] = [{"id": "r", "package_id": "1", "url": "https://a.example/f", "format": "Parquet"}]
        record["organization"] = {"id": "9", "name": "there", "title": "There"}
        serializer = RDFSerializer()
        serializer.graph_from_dataset(record)
        named = Counter(node for node in serializer.g.objects() if isinstance(node, BNode))
        assert [node for node, times in named.items() if times > 1] == []


@pytest.mark.skipif(IS_2_11, reason="CKAN 2.11 refuses contact and publisher of ckanext-dcat without a schema of them")
@pytest.mark.usefixtures("with_request_context")
def test_what_is_harvested_from_another_portal_is_a_record_here(standard, current, monkeypatch):
    from ckanext.dcat.processors import RDFSerializer  # noqa: PLC0415

    record = current | {"id": "7", "title": "Bicycles", "notes": "Counted.", "algorithm_use": "in_use"}
    record |= {"algorithm_systems": ["route-planner"], "algorithm_role": ["input"], "resources": []}
    record |= {"extras": [{"key": "publisher_name", "value": "City of There"}]}
    monkeypatch.setitem(config, "ckanext.dcat.base_uri", "https://there.example")
    text = RDFSerializer().serialize_dataset(record, _format="ttl")
    monkeypatch.setitem(config, "ckanext.dcat.base_uri", "")
    [found] = parsed(text, "ttl")
    stored = call_action("package_create", name="harvested", **found)
    wanted = answers_of({"type": "dataset", **record}, standard)
    del wanted["algorithm_systems"]
    wanted["algorithm_elsewhere"] = ["https://there.example/algorithm/route-planner"]
    del stored["governance_standard_version"]
    assert answers_of(stored, standard) == wanted
    assert call_action("governance_show", id=stored["id"])["answers_given_by"]["name"] == "City of There"


def test_whose_answers_they_are_is_on_the_page_in_the_api_and_in_the_linked_data(app, current):
    extras = [
        {"key": PROVENANCE_NAME, "value": "City of There"},
        {"key": PROVENANCE_URI, "value": "https://there.example/id"},
    ]
    dataset = factories.Dataset(**current, extras=extras)
    page = app.get(f"/dataset/{dataset['name']}/transparency").body
    assert "They were given by City of There." in page
    assert 'href="https://there.example/id"' in page
    shown = json.loads(app.get(f"/dataset/{dataset['name']}/transparency.json").body)
    assert shown["answers_given_by"] == {"name": "City of There", "uri": "https://there.example/id"}
    assert "prov:agent <https://there.example/id>" in app.get(f"/dataset/{dataset['name']}/transparency.ttl").body


def test_a_harvested_record_says_its_source_and_one_without_answers_says_nothing(app, current):
    extras = [{"key": "harvest_source_title", "value": "Portal of There"}]
    answered, silent = factories.Dataset(**current, extras=extras), factories.Dataset(extras=extras)
    assert call_action("governance_show", id=answered["id"])["answers_given_by"] == {
        "name": "Portal of There",
        "uri": None,
    }
    assert call_action("governance_show", id=silent["id"])["answers_given_by"] is None
    assert "Portal of There" in app.get(f"/dataset/{answered['name']}/transparency.ttl").body
    assert "Portal of There" not in app.get(f"/dataset/{silent['name']}/transparency.ttl").body


def test_our_own_answers_are_nobody_elses(app, current):
    dataset = factories.Dataset(**current)
    assert call_action("governance_show", id=dataset["id"])["answers_given_by"] is None
    assert "given by" not in app.get(f"/dataset/{dataset['name']}/transparency").body


@pytest.fixture
def bad_addresses():
    """Records that reached the portal by its API with values that are no addresses."""
    values = ["not a uri at all", "http://s.example/a b|c", "<x>", "http://[::1"]
    return [
        factories.Dataset(
            title=f"Bad address {number}",
            url=value if value.startswith("http") else "",
            extras=[
                {"key": "uri", "value": value},
                {"key": "conforms_to", "value": json.dumps([value])},
                {"key": "publisher_uri", "value": value},
            ],
            # CKAN itself fails on the last one as the address of a file.
            resources=[{"url": value.replace("[", "")}],
        )
        for number, value in enumerate(values)
    ]


@pytest.mark.parametrize("form", ["ttl", "n3", "xml", "jsonld", "rdf"])
def test_an_invalid_address_in_a_record_breaks_no_catalogue(app, bad_addresses, form):
    body = app.get(f"/catalog.{form}").body
    graph = Graph().parse(data=body, format={"jsonld": "json-ld", "rdf": "xml", "ttl": "turtle"}.get(form, form))
    titles = {str(title) for title in graph.objects(None, DCTERMS.title)}
    assert {record["title"] for record in bad_addresses} <= titles
    for record in bad_addresses:
        assert app.get(f"/dataset/{record['name']}/transparency.{'jsonld' if form == 'jsonld' else 'ttl'}").body


def test_a_record_that_cannot_be_serialized_is_left_out_of_the_page_and_logged(app, monkeypatch, caplog):
    good, bad = factories.Dataset(title="Serialized"), factories.Dataset(title="Unserializable")
    write = profile.mend_formats

    def fail(graph, subject):
        if str(subject).endswith(bad["id"]):
            raise RuntimeError("broken")
        write(graph, subject)

    monkeypatch.setattr(profile, "mend_formats", fail)
    body = app.get("/catalog.ttl").body
    assert good["id"] in body
    assert bad["id"] not in body
    assert f"Record {bad['id']} is left out" in caplog.text
