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
from ckanext.opensmartcity.dcat import catalogue_reader
from ckanext.opensmartcity.exchange.provenance import PROVENANCE_NAME
from support.metadata import INVENTED

ITALY = {
    "invented": ("ComuneRivaverde", "MobilitaRivaverde"),
    "real": (
        *("BresciaMobilita", "Comune-Civitavecchia", "ComuneFoggia", "ComuneMolinella", "ComunediAlessandria"),
        "edihdtopendata",
    ),
}
# All 281 of the five real feeds: OSC_FEEDS=1 in the environment of pytest; every fifth by default.
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
def scotland(metadata, tmp_path):
    """A catalogue of several Scottish feeds, in the envelope that one of them has."""
    envelope = json.loads((metadata / "scotland-dcat" / "glasgow-catalog-head.json").read_text(encoding="utf-8"))
    with (metadata / "scotland-dcat" / "datasets.jsonl").open(encoding="utf-8") as lines:
        envelope["dcat:dataset"] = [json.loads(line) for line in lines][:: 1 if metadata == INVENTED else EVERY]
    path = tmp_path / "scotland.jsonld"
    path.write_text(json.dumps(envelope), encoding="utf-8")
    return path, envelope["dcat:dataset"]


def test_the_scottish_feeds_are_read(bring, scotland):
    path, datasets = scotland
    result = bring("--format", "json", path)
    found = statuses(result)
    assert found["created"] == len({dataset["@id"] for dataset in datasets}), result.stdout[-3000:]
    assert sum(found.values()) == found["created"]


@pytest.fixture
def italian(request):
    """The file of an Italian catalogue, by its source and name."""
    source, name = request.param
    folder = INVENTED if source == "invented" else request.getfixturevalue("shared_data")
    return folder / "italy-dcatap-it" / f"{name}.rdf"


@pytest.mark.parametrize(
    "italian",
    [pytest.param((source, name), id=f"{source}-{name}") for source, names in ITALY.items() for name in names],
    indirect=True,
)
def test_the_italian_catalogues_are_read_whole(bring, italian):
    number = italian.read_text(encoding="utf-8").count("<dcatapit:Dataset ")
    result = bring("--format", "json", italian)
    assert statuses(result) == {"created": number}, result.stdout[-3000:]


@pytest.mark.parametrize(
    ("italian", "name", "city"),
    [
        pytest.param(("invented", "ComuneRivaverde"), "piste-ciclabili", "Comune di Rivaverde", id="invented"),
        pytest.param(("real", "ComuneMolinella"), "impianti-sportivi", "Comune di Molinella", id="real"),
    ],
    indirect=["italian"],
)
def test_an_italian_catalogue_comes_in_with_its_answers_and_whose_they_are(bring, italian, name, city):
    bring("--write", "--public", italian)
    record = show(name)
    assert record["ownership_owner"] == city
    assert record["privacy_openness"] == "open"
    assert extras_of(record)[PROVENANCE_NAME] == city
    assert record["private"] is False
    assert record["resources"]
    assert f": unchanged {name}" in bring("--write", "--update", italian).stdout


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
    assert extras_of(record)[PROVENANCE_NAME] == "City of There"
    assert extras_of(record)["uri"] == "https://there.example/dataset/1"


@pytest.mark.usefixtures("with_request_context")
def test_the_administrator_can_say_whose_answers_they_are(bring, ours):
    bring("--write", "--update", "--answers-of", "Harbour", ours)
    assert extras_of(show("bicycles-there"))[PROVENANCE_NAME] == "Harbour"


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
def catalogues(pages, kind="text/turtle", to=None, asked=None):
    """Serve a catalogue at each address, lead those of `to` elsewhere, note what is asked, and yield the host."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if asked is not None:
                asked.append((self.path, self.headers))
            led = to.get(self.path) if to else None
            found = pages.get(self.path, pages.get("*"))
            self.send_response(302 if led else 404 if found is None else 200)
            if led:
                self.send_header("Location", led)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.end_headers()
            self.wfile.write(found(self.path) if callable(found) else found or b"")

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


ELSEWHERE = "goes on at another host, port or protocol"
WORDS_OF_DCAT = {"dcat": "http://www.w3.org/ns/dcat#"}


def explained(where, context):
    """Return a dataset as JSON-LD that wants a context from elsewhere."""
    node = {"@id": "https://explained.example/1", "@type": "dcat:Dataset"}
    whole = {
        "top": node | {"@context": context},
        "list": node | {"@context": [WORDS_OF_DCAT, [context]]},
        "inner": {"@context": WORDS_OF_DCAT, "@graph": [node | {"@context": context}]},
        "term": node | {"@context": WORDS_OF_DCAT | {"of": {"@id": "dcat:of", "@context": context}}, "of": {}},
        "import": node | {"@context": WORDS_OF_DCAT | {"@import": context}},
    }
    return json.dumps(whole[where]).encode()


def read_json_ld(bring, data, tmp_path, place):
    """Bring JSON-LD in, from a file or an address."""
    if place == "file":
        (tmp_path / "catalog.jsonld").write_bytes(data)
        return bring("--format", "json", tmp_path / "catalog.jsonld")
    with catalogues({"/catalog": data}, "application/ld+json") as host:
        return bring("--format", "json", f"{host}/catalog")


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
    [
        ("http://10.0.0.1/catalog", f"{ELSEWHERE}, http://10.0.0.1/catalog"),
        ("http://[x", f"{ELSEWHERE}, http://[x"),
        ("file://127.0.0.1/etc/passwd", f"{ELSEWHERE}, file://127.0.0.1/etc/passwd"),
        ("ftp://127.0.0.1/catalog", f"{ELSEWHERE}, ftp://127.0.0.1/catalog"),
        ("http://user:word@{host}/catalog", "does not answer"),
        ("file://{host}/etc/passwd", ELSEWHERE),
        ("https://{host}/catalog", ELSEWHERE),
        ("/gone", "404"),
    ],
)
def test_what_follows_and_cannot_be_read_is_told_after_the_rest(bring, following, told):
    pages = {}
    with catalogues(pages) as host:
        pages["/catalog"] = paged(1, following.format(host=host.removeprefix("http://")))
        result = bring("--format", "json", f"{host}/catalog")
    assert sum(statuses(result).values()) == 1
    assert result.exit_code == 2
    assert told in result.stderr


@pytest.mark.parametrize("address", ["http://[x", "http://", "http://127.0.0.1:99999/", "http://u:p@127.0.0.1/c.ttl"])
def test_an_address_that_is_none_is_told(bring, address):
    result = bring(address)
    assert result.exit_code == 2
    assert f"{address} does not answer: This is not a web address" in result.stderr


def test_a_host_without_a_name_that_can_be_found_is_told(bring):
    assert "There is no server with this name" in bring("http://nowhere.invalid/catalog.ttl").stderr


@pytest.mark.parametrize("place", ["file", "address"])
@pytest.mark.parametrize("where", ["top", "list", "inner", "term", "import"])
def test_a_context_on_this_machine_is_not_read(bring, tmp_path, where, place):
    (tmp_path / "secret.json").write_text(json.dumps({"@context": WORDS_OF_DCAT}), encoding="utf-8")
    data = explained(where, (tmp_path / "secret.json").as_uri())
    result = read_json_ld(bring, data, tmp_path, place)
    assert not statuses(result)
    assert result.exit_code == 2
    assert f"takes its @context from {tmp_path.as_uri()}/secret.json" in result.stderr


@pytest.mark.parametrize("place", ["file", "address"])
def test_a_context_at_another_host_is_not_asked_for(bring, tmp_path, place):
    asked = []
    with catalogues({"/x": json.dumps({"@context": WORDS_OF_DCAT}).encode()}, asked=asked) as inside:
        result = read_json_ld(bring, explained("top", f"{inside}/x"), tmp_path, place)
    assert asked == []
    assert result.exit_code == 2
    assert f"takes its @context from {inside}/x" in result.stderr


@pytest.mark.parametrize("place", ["file", "address"])
@pytest.mark.parametrize("outer", [dict, lambda node: [node]])
def test_a_context_in_the_catalogue_itself_is_read(bring, tmp_path, place, outer):
    node = {
        "@context": [WORDS_OF_DCAT, None, WORDS_OF_DCAT],
        "@id": "https://inline.example/1",
        "@type": "dcat:Dataset",
    }
    result = read_json_ld(bring, json.dumps(outer(node)).encode(), tmp_path, place)
    assert statuses(result) == {"created": 1}, result.stderr


@pytest.mark.usefixtures("with_request_context")
def test_what_this_plugin_writes_as_json_ld_can_be_read(bring, tmp_path, current):
    from ckanext.dcat.processors import RDFSerializer  # noqa: PLC0415

    record = current | {"id": "3", "title": "Bridges there", "resources": []}
    text = RDFSerializer().serialize_catalog({"title": "City of There"}, [record], _format="jsonld")
    assert statuses(read_json_ld(bring, text.encode(), tmp_path, "file")) == {"created": 1}


@pytest.mark.parametrize("data", [b"5", b'"http://x"', b"[" * 100_000, b'{"@context": 7}'])
def test_json_that_is_no_json_ld_is_told(bring, tmp_path, data):
    result = read_json_ld(bring, data, tmp_path, "file")
    assert result.exit_code == 2
    assert "is not RDF that can be read" in result.stderr


def test_an_entity_of_xml_reads_no_file(bring, tmp_path):
    (tmp_path / "secret").write_text("hidden words", encoding="utf-8")
    path = tmp_path / "a.rdf"
    path.write_text(
        f"""<!DOCTYPE d [<!ENTITY e SYSTEM "{(tmp_path / "secret").as_uri()}">]>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dct="http://purl.org/dc/terms/">
        <rdf:Description rdf:about="https://xml.example/1"><dct:title>&e;</dct:title>
        <rdf:type rdf:resource="http://www.w3.org/ns/dcat#Dataset"/></rdf:Description></rdf:RDF>""",
        encoding="utf-8",
    )
    assert "hidden" not in bring("--format", "json", path).output


def test_a_redirect_to_another_port_is_not_followed(bring):
    asked = []
    led = {}
    with catalogues({"*": paged(1, "")}, asked=asked) as inside, catalogues({}, to=led) as host:
        led["/catalog"] = f"{inside}/catalog"
        result = bring("--format", "json", f"{host}/catalog")
    assert asked == []
    assert result.exit_code == 2
    assert f"{host}/catalog {ELSEWHERE}, {inside}/catalog" in result.stderr


def test_a_redirect_on_the_same_host_is_followed_and_not_in_circles(bring):
    led = {"/catalog": "/there/1", "/there/2": "/there/2"}
    with catalogues({"/there/1": paged(1, "2")}, to=led) as host:
        result = bring("--format", "json", f"{host}/catalog")
    assert sum(statuses(result).values()) == 1
    assert f"{host}/there/2 does not answer: It redirects visitors again and again" in result.stderr


def test_a_name_that_changes_its_address_between_pages_leads_nowhere_else(bring, monkeypatch):
    turns = iter([["127.0.0.1"]])
    monkeypatch.setattr(catalogue_reader, "lookup", lambda host, port: next(turns, ["127.0.0.2"]))
    with catalogues({"/catalog": paged(1, "/2"), "/2": paged(2, "")}) as host:
        result = bring("--format", "json", f"{host.replace('127.0.0.1', 'there.example')}/catalog")
    assert sum(statuses(result).values()) == 2, result.stderr


def endless(path):
    number = int(path.partition("=")[2] or 0)
    return paged(number, f"?page={number + 1}")


@pytest.mark.parametrize(("limit", "most", "pages"), [("MOST_PAGES", 4, 4), ("MOST_BYTES_IN_ALL", 400, 2)])
def test_a_catalogue_without_end_ends(bring, monkeypatch, limit, most, pages):
    monkeypatch.setattr(catalogue_reader, limit, most)
    asked = []
    with catalogues({"*": endless}, asked=asked) as host:
        result = bring("--format", "json", f"{host}/catalog?page=0")
    assert len(asked) == sum(statuses(result).values()) == pages
    assert result.exit_code == 2
    assert f"does not end: {pages} pages were read" in result.stderr


def test_a_page_that_is_too_large_is_told(bring, monkeypatch):
    monkeypatch.setattr(catalogue_reader, "MOST_BYTES", 100)
    with catalogues({"/catalog": paged(1, "")}) as host:
        assert "is larger than" in bring(f"{host}/catalog").stderr


def test_passwords_and_proxies_of_the_environment_are_not_used(bring, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password word\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    asked = []
    with catalogues({"/catalog": paged(1, "")}, asked=asked) as host:
        bring(f"{host}/catalog")
    assert ["Authorization" in headers for _, headers in asked] == [False]
