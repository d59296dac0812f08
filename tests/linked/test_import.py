"""`ckan opensmartcity import --from dcat`: catalogues of other cities in RDF, dry run first."""

import json
import os
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from ckan import model
from ckan.cli.cli import ckan
from ckan.common import config
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.exchange.giver import NAME

ITALY = "BresciaMobilita Comune-Civitavecchia ComuneFoggia ComuneMolinella ComunediAlessandria edihdtopendata".split()
# All 281 of the five feeds: OSC_FEEDS=1 in the environment of pytest; every fifth by default.
EVERY = int(os.environ.get("OSC_FEEDS", "5"))


@pytest.fixture(scope="module")
def organization(made):
    return factories.Organization(name="harvested")["name"]


@pytest.fixture
def bring(cli, organization):
    def bring(*arguments):
        command = ["opensmartcity", "import", "--from", "dcat", "--organization", organization, *map(str, arguments)]
        return cli.invoke(ckan, command)

    return bring


def statuses(result):
    return Counter(json.loads(line)["status"] for line in result.stdout.splitlines() if line.startswith("{"))


def show(name):
    model.Session.remove()
    return call_action("package_show", id=name)


def extras_of(record):
    return {extra["key"]: extra["value"] for extra in record["extras"]}


@pytest.fixture
def scotland(shared_data, tmp_path):
    """A catalogue of the five Scottish feeds, in the envelope that one of them has."""
    envelope = json.loads((shared_data / "scotland-dcat" / "glasgow-catalog-head.json").read_text(encoding="utf-8"))
    with (shared_data / "scotland-dcat" / "datasets.jsonl").open(encoding="utf-8") as lines:
        envelope["dcat:dataset"] = [json.loads(line) for line in lines][::EVERY]
    path = tmp_path / "scotland.jsonld"
    path.write_text(json.dumps(envelope), encoding="utf-8")
    return path, envelope["dcat:dataset"]


def test_the_scottish_feeds_are_read(bring, scotland):
    path, datasets = scotland
    result = bring("--format", "json", path)
    found = statuses(result)
    assert found["created"] == len({dataset["@id"] for dataset in datasets}), result.stdout[-3000:]
    assert sum(found.values()) == found["created"]


@pytest.mark.parametrize("name", ITALY)
def test_the_italian_catalogues_are_read_whole(bring, shared_data, name):
    path = shared_data / "italy-dcatap-it" / f"{name}.rdf"
    number = path.read_text(encoding="utf-8").count("<dcatapit:Dataset ")
    result = bring("--format", "json", path)
    assert statuses(result) == {"created": number}, result.stdout[-3000:]


def test_an_italian_catalogue_comes_in_with_its_answers_and_whose_they_are(bring, shared_data):
    path = shared_data / "italy-dcatap-it" / "ComuneMolinella.rdf"
    bring("--write", "--public", path)
    record = show("impianti-sportivi")
    assert record["ownership_owner"] == "Comune di Molinella"
    assert record["privacy_openness"] == "open"
    assert extras_of(record)[NAME] == "Comune di Molinella"
    assert record["private"] is False
    assert record["resources"]
    assert ": unchanged impianti-sportivi" in bring("--write", "--update", path).stdout


@pytest.fixture
def ours(tmp_path, monkeypatch, current):
    """A catalogue of another portal with our plugin."""
    from ckanext.dcat.processors import RDFSerializer  # noqa: PLC0415

    monkeypatch.setitem(config, "ckanext.dcat.base_uri", "https://there.example")
    record = current | {"id": "1", "title": "Bicycles there", "tags": [{"name": "bike"}], "resources": []}
    broken = made_up_broken(current)
    text = RDFSerializer().serialize_catalog({"title": "City of There"}, [record, broken], _format="ttl")
    monkeypatch.setitem(config, "ckanext.dcat.base_uri", "")
    path = tmp_path / "there.ttl"
    path.write_text(text, encoding="utf-8")
    return path


def made_up_broken(current):
    return {"id": "2", "title": "Systems there", "type": "algorithm", "algorithm_decision": "decides", "resources": []}


@pytest.mark.usefixtures("with_request_context")
def test_a_dry_run_saves_nothing_and_says_what_a_run_would(bring, ours):
    before = model.Session.query(model.Package).count()
    dry = bring("--format", "json", ours)
    model.Session.remove()
    assert model.Session.query(model.Package).count() == before
    assert dry.exit_code == 1
    assert statuses(dry) == statuses(bring("--format", "json", "--write", ours)) == {"created": 1, "refused": 1}
    assert "OSC-041" in dry.stdout
    record = show("bicycles-there")
    assert record["ownership_owner"] == "Mobility Department"
    assert extras_of(record)[NAME] == "City of There"
    assert extras_of(record)["uri"] == "https://there.example/dataset/1"


@pytest.mark.usefixtures("with_request_context")
def test_the_administrator_can_say_whose_answers_they_are(bring, ours):
    bring("--write", "--update", "--answers-of", "Harbour", ours)
    assert extras_of(show("bicycles-there"))[NAME] == "Harbour"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.ttl", "@prefix : <", "is not RDF that can be read"),
        ("a.rdf", "<rdf:RDF", "is not RDF that can be read"),
        ("a.jsonld", "{", "is not RDF that can be read"),
        ("a.txt", "hello", "the kind of RDF is not known"),
        ("a.rdf", b"\xff\xfe\x00", "is not RDF that can be read"),
    ],
)
def test_what_is_no_rdf_is_told_in_one_line(bring, tmp_path, name, content, told):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = bring(path)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_is_not_there_and_an_address_that_does_not_answer_are_told(bring):
    result = bring("/no/such/file.ttl", "http://127.0.0.1:9/catalog.ttl")
    assert result.exit_code == 2
    assert "No such file" in result.stderr
    assert "http://127.0.0.1:9/catalog.ttl does not answer" in result.stderr


@contextmanager
def catalogues(pages):
    """Serve a catalogue at each address, and yield the host."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path in pages else 404)
            self.send_header("Content-Type", "text/turtle; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages.get(self.path, b""))

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def paged(number, following):
    return f"""@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> .
        <https://paged.example/dataset/{number}> a dcat:Dataset .
        <?page={number}> a hydra:PagedCollection {f'; hydra:next "{following}"' if following else ""} .""".encode()


def test_a_catalogue_is_fetched_from_an_address(bring, ours):
    with catalogues({"/catalog": ours.read_bytes()}) as host:
        result = bring("--format", "json", f"{host}/catalog")
    assert sum(statuses(result).values()) == 2


def test_a_catalogue_of_pages_is_read_to_its_end_and_no_page_twice(bring):
    pages = {"/catalog?page=1": paged(1, "?page=2"), "/catalog?page=2": paged(2, "/catalog?page=3")}
    pages["/catalog?page=3"] = paged(3, "/catalog?page=1")
    with catalogues(pages) as host:
        result = bring("--format", "json", f"{host}/catalog?page=1")
    assert sum(statuses(result).values()) == 3
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("following", "told"),
    [("http://10.0.0.1/catalog", "goes on at another host, http://10.0.0.1/catalog"), ("/gone", "404")],
)
def test_what_follows_and_cannot_be_read_is_told_after_the_rest(bring, following, told):
    with catalogues({"/catalog": paged(1, following)}) as host:
        result = bring("--format", "json", f"{host}/catalog")
    assert sum(statuses(result).values()) == 1
    assert result.exit_code == 2
    assert told in result.stderr
