"""Catalogues as cities publish them: each value is kept in the record or told, and no item stops the rest."""

import json
import time
from contextlib import suppress

import pytest
from ckan import model
from ckan.cli.cli import ckan
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.dcat import importer, profile
from ckanext.opensmartcity.dcat.catalogue_reader import read_catalogue
from ckanext.opensmartcity.exchange.rdf.namespaces import VCARD
from ckanext.opensmartcity.governance.record_import import UnreadableError
from ckanext.opensmartcity.standard.answers import shorten
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, BNode, Graph, Literal, URIRef
from support.metadata import INVENTED

FAULTY = INVENTED / "faulty-catalogues"
PREFIXES = (
    "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
)
CC0 = URIRef("https://creativecommons.org/publicdomain/zero/1.0/")


@pytest.fixture(scope="module")
def organization(made):
    return factories.Organization(name="riverton")["name"]


@pytest.fixture
def bring(cli, organization):
    """Import a catalogue, and return exit code, messages and one line for each dataset."""

    def bring(*arguments):
        command = ["opensmartcity", "import", "--from", "dcat", "--organization", organization, "--format", "json"]
        result = cli.invoke(ckan, [*command, *map(str, arguments)])
        lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
        return result.exit_code, result.stderr, lines

    return bring


@pytest.fixture
def written(bring):
    """Import a catalogue thrice: dry, for real, and again; return the lines of the second run and the records."""

    def write(path):
        dry, wet = bring(path), bring("--write", path)
        verdict = [(line["status"], line["name"], line["refusals"], line["notes"]) for line in wet[2]]
        assert [(line["status"], line["name"], line["refusals"], line["notes"]) for line in dry[2]] == verdict
        again = bring("--write", "--update", path)
        assert {line["status"] for line in again[2] if line["name"] in {each["name"] for each in wet[2]}} <= {
            "unchanged",
            "refused",
        }, again
        model.Session.remove()
        records = [call_action("package_show", id=line["name"]) for line in wet[2] if line["status"] == "created"]
        return wet[2], {record["title"]: record for record in records}

    return write


def extras_of(record):
    return {extra["key"]: extra["value"] for extra in record["extras"]}


def test_a_contact_is_found_however_it_is_written(written):
    lines, records = written(FAULTY / "contacts.ttl")
    assert len(records) == 6
    assert {record["ownership_contact"].lower() for record in records.values()} == {"desk@riverton.example"}
    assert extras_of(records["Benches with two desks"])["dcat_contactPoint"].count("maps@riverton.example") == 1
    assert {extras_of(records[f"Benches {how}"])["contact_name"] for how in ("with a subject", "nested")} == {
        "Parks desk"
    }
    assert extras_of(records["Benches with a subject"])["publisher_name"] == "Town of Riverton"
    assert [line["notes"] for line in lines] == [[]] * 6


def test_a_licence_of_the_files_or_of_the_dataset_is_mapped(written, app):
    _, records = written(FAULTY / "licences.ttl")
    licences = {title: record.get("license_id") for title, record in records.items()}
    assert licences == {
        "Licence on the files": "cc-zero",
        "Licence on the dataset": "cc-by",
        "Two open licences": "other-open",
        "One of two files": None,
        "A licence of the town": None,
    }
    assert extras_of(records["A licence of the town"])["dct_license"] == "https://riverton.example/terms"
    assert {file["license"] for file in records["One of two files"]["resources"]} == {
        "https://creativecommons.org/licenses/by/4.0/",
        "All rights reserved",
    }
    shown = call_action("governance_show", id=records["Licence on the files"]["id"])
    assert "OSC-015" not in {concern["rule"] for concern in shown["concerns"]}


@pytest.mark.parametrize(
    ("answers", "address"),
    [
        ({"license_id": "cc-zero"}, CC0),
        (
            {"extras": [{"key": "dct_license", "value": "https://riverton.example/terms"}]},
            "https://riverton.example/terms",
        ),
        ({"license_id": "cc-by"}, "http://www.opendefinition.org/licenses/cc-by"),
        ({"license_id": "notspecified"}, None),
    ],
)
def test_a_licence_is_stated_of_the_dataset_and_of_its_files(app, answers, address):
    record = factories.Dataset(resources=[{"url": "https://riverton.example/a.csv"}], **answers)
    graph = Graph().parse(data=app.get(f"/dataset/{record['name']}/transparency.ttl").body, format="turtle")
    stated = sorted(map(str, graph.objects(None, DCTERMS.license)))
    assert stated == ([] if address is None else [str(address)] * 2)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("blank-node.ttl", "Street trees without an address"),
        ("title-only.ttl", "Wells that only have a title"),
        ("spaces.rdf", "Lamps at addresses with blanks"),
        ("relative.ttl", "Wells at relative addresses"),
    ],
)
def test_a_dataset_is_known_again_without_a_valid_address(bring, written, name, title):
    _, records = written(FAULTY / name)
    assert list(records) == [title]
    assert [line["status"] for line in bring("--write", FAULTY / name)[2]] == ["unchanged"]
    assert "file:" not in json.dumps(records)
    assert ".invalid" not in json.dumps(records)


def test_a_relative_address_is_told_in_a_file_and_resolved_where_the_catalogue_has_an_address(written, tmp_path):
    lines, records = written(FAULTY / "relative.ttl")
    assert {note["field"] for note in lines[0]["notes"]} <= {"landingPage", "downloadURL"}
    text = (FAULTY / "relative.ttl").read_text(encoding="utf-8").replace("<> a", "<https://riverton.example/d/all> a")
    path = tmp_path / "resolved.ttl"
    path.write_text(text.replace("Wells at", "Ponds at"), encoding="utf-8")
    lines, records = written(path)
    record = records["Ponds at relative addresses"]
    assert lines[0]["notes"] == []
    assert record["url"] == "https://riverton.example/d/wells/about.html"
    assert record["resources"][0]["url"] == "https://riverton.example/d/wells/wells.csv"
    assert record["ownership_contact"] == "water@riverton.example"


def test_a_data_json_of_project_open_data_is_read_with_its_answers(written):
    lines, records = written(FAULTY / "data.json")
    permits = records["Permits of street vendors"]
    assert {name: permits[name] for name in permits if name.startswith(("privacy", "ownership", "license_id"))} == {
        "privacy_openness": "shared",
        "privacy_access_conditions": "Researchers ask the permit desk for a copy.",
        "ownership_contact": "permits@harbor.example",
        "license_id": "cc-zero",
    }
    extras = extras_of(permits)
    assert extras["publisher_name"] == extras["answers_given_by"] == "City of Harbor"
    assert extras["dcat_systemOfRecords"] == "https://harbor.example/notices/7"
    assert "County of Bay" in extras["dct_publisher"]
    assert extras["dct_temporal"] == "2020-01-01/2026-01-01"
    assert {tag["name"] for tag in permits["tags"]} == {"permits", "street market"}
    assert [note["field"] for line in lines for note in line["notes"]] == ["tags"]
    assert records["Benches"]["privacy_openness"] == "open"


@pytest.mark.parametrize(
    "contexts",
    [
        "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
        ["http://www.project-open-data.cio.gov/v1.1/schema/catalog.jsonld"],
    ],
)
def test_the_context_of_project_open_data_ships_with_the_importer(bring, tmp_path, contexts):
    document = json.loads((FAULTY / "data.json").read_text(encoding="utf-8"))
    del document["conformsTo"]
    path = tmp_path / "hub.json"
    path.write_text(
        json.dumps(
            document
            | {
                "@context": contexts,
                "@type": "dcat:Catalog",
                "dataset": [each | {"@type": "dcat:Dataset"} for each in document["dataset"]],
            }
        ),
        encoding="utf-8",
    )
    code, _, lines = bring(path)
    assert len(lines) == 2
    assert code == 0 or {line["status"] for line in lines} <= {"unchanged", "differs"}


@pytest.mark.parametrize(
    "name_and_data",
    [
        ("entities.rdf", None),
        ("deep.jsonld", b'{"@graph":[' * 5000),
        ("deep.ttl", PREFIXES.encode() + b"<https://x.example> dct:title " + b"[ dct:title " * 5000),
        ("lists.ttl", PREFIXES.encode() + b"<https://x.example> dct:title " + b"(" * 5000),
        ("deep.rdf", b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' + b"<r:Description>" * 5000),
        ("context.jsonld", b'{"@context": "https://elsewhere.example/c.jsonld", "@id": "x"}'),
    ],
    ids=lambda value: value[0],
)
def test_input_that_exhausts_a_parser_is_refused_at_once(made, standard, tmp_path, name_and_data):
    name, data = name_and_data
    path = FAULTY / name
    if data is not None:
        path = tmp_path / name
        path.write_bytes(data)
    start = time.process_time()
    with pytest.raises(UnreadableError):
        list(read_catalogue(str(path), standard))
    assert time.process_time() - start < 2


def test_an_empty_catalogue_is_exit_code_2(bring, tmp_path):
    path = tmp_path / "empty.ttl"
    path.write_text(f"{PREFIXES}<https://riverton.example/none> a dcat:Catalog .", encoding="utf-8")
    code, messages, _ = bring(path)
    assert code == 2
    assert "contains no dataset" in messages


BAD = {
    "control": 'dct:title "Bad \\u0007 bell"',
    "nul": 'dct:title "Bad url" ; dcat:landingPage <https://riverton.example/a%00b>',
    "nameless": 'dct:title "停 bad"',
    "types": "dct:title [ dct:title [ ] ] ; dct:issued [ ] ; dcat:keyword [ ]",
    # More than Solr takes as one term.
    "long": f'dct:title "Bad length" ; dct:provenance [ a dct:ProvenanceStatement ; rdfs:label "{"x" * 40_000}" ]',
    "cycle": 'dct:title "Bad cycle" ; dct:relation <https://riverton.example/b/cycle>',
}


@pytest.mark.parametrize("kind", BAD)
def test_one_bad_dataset_does_not_stop_twenty_good_ones(bring, tmp_path, kind):
    good = [f'<https://riverton.example/{kind}/{n}> a dcat:Dataset ; dct:title "{kind} good {n}" .' for n in range(20)]
    bad = f"<https://riverton.example/{kind}/10a> a dcat:Dataset ; {BAD[kind]} ."
    path = tmp_path / f"{kind}.ttl"
    path.write_text(PREFIXES + "\n".join([*good[:10], bad, *good[10:]]), encoding="utf-8")
    dry, wet = bring(path), bring("--write", path)
    assert [(line["status"], line["name"], line["refusals"]) for line in dry[2]] == [
        (line["status"], line["name"], line["refusals"]) for line in wet[2]
    ]
    statuses = {line["place"].rpartition("/")[2]: line["status"] for line in wet[2]}
    assert len(statuses) == 21
    assert {statuses[str(n)] for n in range(20)} == {"created"}


def test_a_dataset_that_a_profile_fails_on_is_refused_alone(bring, tmp_path, monkeypatch):
    path = tmp_path / "three.ttl"
    path.write_text(
        PREFIXES
        + "\n".join(f'<https://riverton.example/p/{n}> a dcat:Dataset ; dct:title "p {n}" .' for n in range(3)),
        encoding="utf-8",
    )
    read = profile.read_contact

    def fail(graph, subject, record):
        if str(subject).endswith("/1"):
            raise ValueError("broken")
        read(graph, subject, record)

    monkeypatch.setattr(profile, "read_contact", fail)
    _, _, lines = bring(path)
    assert [line["status"] for line in lines] == ["created", "refused", "created"]
    assert lines[1]["refusals"][0]["message"] == "This dataset cannot be read: broken"


def test_a_dataset_that_the_importer_fails_on_is_refused_alone(bring, tmp_path, monkeypatch):
    path = tmp_path / "three.ttl"
    statements = [f'<https://riverton.example/q/{n}> a dcat:Dataset ; dct:title "q {n}" .' for n in range(3)]
    path.write_text(PREFIXES + "\n".join(statements), encoding="utf-8")
    parse = importer.parse_incoming

    def fail(standard, row, kind):
        if row["title"] == "q 1":
            raise KeyError("broken")
        return parse(standard, row, kind)

    monkeypatch.setattr(importer, "parse_incoming", fail)
    for write in ((), ("--write",)):
        code, _, lines = bring(path, *write)
        assert code == 1
        assert [line["status"] for line in lines] == ["created", "refused", "created"]
        assert "cannot save this record" in lines[1]["refusals"][0]["message"]


@pytest.fixture(scope="module")
def catalogue_file(tmp_path_factory):
    return tmp_path_factory.mktemp("catalogues") / "one.nt"


ADDRESSES = {
    "http://purl.org/dc/terms/": (
        "accessRights accrualPeriodicity conformsTo creator description hasVersion identifier isVersionOf issued "
        "language license modified provenance publisher relation rights source spatial subject temporal title type"
    ),
    "http://www.w3.org/ns/dcat#": "contactPoint keyword landingPage qualifiedRelation temporalResolution theme version",
    "http://xmlns.com/foaf/0.1/": "homepage page",
    "http://www.w3.org/ns/adms#": "identifier sample versionNotes",
}
STATED = [URIRef(space + name) for space, names in ADDRESSES.items() for name in names.split()]
NAMING = [FOAF.name, SKOS.prefLabel, RDFS.label, VCARD.fn, VCARD.hasEmail, DCTERMS.description]
WORDS = st.text("abcdeé <&\"'/:;,.-_1234567890", min_size=1, max_size=12).filter(lambda text: text.strip(" ,"))
PLAIN = WORDS | st.sampled_from(
    [
        "2026-05-01",
        "P1Y",
        "desk@riverton.example",
        "mailto:desk@riverton.example?subject=a",
        "https://riverton.example/x",
    ]
)
NODES = st.recursive(
    PLAIN.map(Literal) | st.sampled_from(["https://riverton.example/y", "mailto:maps@riverton.example"]).map(URIRef),
    lambda inner: st.dictionaries(st.sampled_from(NAMING), inner, min_size=1, max_size=2),
    max_leaves=5,
)


def add(graph, subject, predicate, value):
    """Add a statement and return its literals and addresses."""
    if not isinstance(value, dict):
        graph.add((subject, predicate, value))
        return [str(value)]
    node = BNode()
    graph.add((subject, predicate, node))
    return [text for term, inner in value.items() for text in add(graph, node, term, inner)]


def texts_of(value):
    """Yield the texts in a value, also in JSON."""
    if isinstance(value, dict | list):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from texts_of(entry)
    else:
        yield str(value)
        with suppress(ValueError):
            parsed = json.loads(value) if isinstance(value, str) else None
            yield from texts_of(parsed) if isinstance(parsed, dict | list) else ()


def normalize(text):
    bare = text.strip().removeprefix("mailto:")
    return " ".join((bare.partition("?")[0] if "@" in bare else bare).split())


@given(
    st.lists(st.tuples(st.sampled_from(STATED), NODES), max_size=6),
    st.lists(st.tuples(st.sampled_from(STATED), NODES), max_size=3),
)
@settings(max_examples=50)
def test_each_value_of_a_dataset_is_in_its_record_or_told(standard, catalogue_file, statements, of_the_file):
    graph, subject, file = Graph(), URIRef("https://riverton.example/d"), URIRef("https://riverton.example/f")
    graph.add((subject, RDF.type, DCAT.Dataset))
    graph.add((subject, DCAT.distribution, file))
    graph.add((file, RDF.type, DCAT.Distribution))
    stated = [text for term, value in statements for text in add(graph, subject, term, value)]
    stated += [text for term, value in of_the_file for text in add(graph, file, term, value)]
    graph.serialize(catalogue_file, format="nt")
    (dataset,) = read_catalogue(str(catalogue_file), standard)
    assert dataset.failed is None
    # Ids of blank nodes are others in each run.
    assert [each.record for each in read_catalogue(str(catalogue_file), standard)] == [dataset.record]
    kept = {normalize(text) for text in texts_of(dataset.record)}
    messages = " ".join(message.render() for message in (*dataset.refused.values(), *dataset.lost.values()))
    lost = [text for text in map(normalize, stated) if text not in kept and shorten(text) not in messages]
    keywords = {tag["name"] for tag in dataset.record.get("tags") or ()}
    assert [text for text in lost if not {part.strip() for part in text.split(",")} - {""} <= keywords] == []


def test_real_catalogues_keep_publishers_contacts_and_licences(standard, shared_data, tmp_path):
    folder = shared_data / "scotland-dcat"
    catalogue = json.loads((folder / "glasgow-catalog-head.json").read_text(encoding="utf-8"))
    lines = (folder / "datasets.jsonl").read_text(encoding="utf-8").splitlines()
    scottish = tmp_path / "scotland.jsonld"
    scottish.write_text(json.dumps(catalogue | {"dcat:dataset": list(map(json.loads, lines))}), encoding="utf-8")
    number = 0
    for path in (scottish, *sorted((shared_data / "italy-dcatap-it").glob("*.rdf"))):
        graph = Graph().parse(path)
        for dataset in read_catalogue(str(path), standard):
            number += 1
            subject, extras = URIRef(dataset.uri), extras_of(dataset.record)
            files = [subject, *graph.objects(subject, DCAT.distribution)]
            assert bool(extras.get("publisher_name")) is ((subject, DCTERMS.publisher, None) in graph)
            assert bool(extras.get("contact_email") or dataset.record.get("ownership_contact")) is (
                (subject, DCAT.contactPoint, None) in graph
            )
            assert bool(dataset.record.get("license_id")) is any(
                (each, DCTERMS.license, None) in graph for each in files
            )
    assert number == 311
