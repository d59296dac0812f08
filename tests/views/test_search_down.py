"""A search that is down or hangs: pages that do not need it do not wait, the others answer 503 within two seconds."""

import time

import pytest
import requests
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.governance import health
from ckanext.opensmartcity.plugin import get_blueprints
from ckanext.opensmartcity.search import availability
from support.misbehaving_server import hang, serving

# Seconds that a response may wait for Solr.
ALLOWED = 2.0
OF_CKAN = ("algorithm.read", "algorithm.search", "dataset.read", "dataset.search")
API = ("package_search", "governance_stats", "governance_audit", "governance_city_show")
# Endpoints whose content is in the index alone; CKAN's page of a dataset counts the datasets of its organisation.
NEED_SEARCH = {
    "algorithm.search",
    "dataset.read",
    "dataset.search",
    "opensmartcity_auditor.files",
    "opensmartcity_auditor.manifest",
    "opensmartcity_auditor.packed_files",
    "opensmartcity_city.listing",
    "opensmartcity_city.page",
    "opensmartcity_city.table",
    "opensmartcity_monitoring.report_health",
    "opensmartcity_ngsi_ld.stream",
}
# Endpoints that list the datasets that use an algorithm, if the record is one. Its page says that it cannot list them.
NEED_SEARCH_FOR_ALGORITHMS = {"opensmartcity_formats.json"}


@pytest.fixture(scope="module")
def record(emptied, current_answers):
    """A dataset and an algorithm, as an administrator sees them."""
    owner = factories.Organization()
    made = {
        kind: factories.Dataset(type=kind, owner_org=owner["id"], **answers)["name"]
        for kind, answers in (("dataset", current_answers), ("algorithm", {}))
    }
    event = call_action("governance_history", id=made["dataset"])["events"][0]["id"]
    return made | {"organization": owner["name"], "event": event, "token": factories.SysadminWithToken()["token"]}


@pytest.fixture
def routes(app, record):
    """(endpoint, path) of each of our routes that can be opened, for datasets and for algorithms."""
    ours = {blueprint.name for blueprint in get_blueprints()}
    url_map = app.flask_app.url_map
    paths = []
    for rule in url_map.iter_rules():
        if "GET" not in rule.methods or not (rule.endpoint.split(".")[0] in ours or rule.endpoint in OF_CKAN):
            continue
        kinds = ("dataset", "algorithm") if "package_type" in rule.arguments else (rule.endpoint.split(".")[0],)
        for kind in kinds:
            values = {name: value(record, kind, rule.endpoint, name, rule) for name in rule.arguments}
            built = rule.build(values, append_unknown=False)
            if built:
                paths.append((rule.endpoint, built[1]))
    paths += [("api.action", f"/api/3/action/{name}") for name in API]
    return sorted(set(paths))


def value(record, kind, endpoint, name, rule):
    """Return a value for a parameter of a route, so that it exists wherever the catalogue has such a thing."""
    allowed = getattr(rule._converters.get(name), "items", None)
    if name == "package_type":
        return kind
    if allowed:
        return sorted(allowed)[0]
    if name == "id":
        if "usual" in endpoint:
            return record["organization"]
        return record["event"] if "event" in endpoint else record["algorithm" if kind == "algorithm" else "dataset"]
    return {"group": "ownership", "size": 1, "kind": "dataset", "record_type": "dataset"}.get(name, 1)


@pytest.fixture
def outage(ckan_config, monkeypatch):
    """Function that moves Solr behind a port that is closed, or that accepts connections and never responds."""
    with serving({"*": hang}) as server:

        def begin(kind):
            monkeypatch.setattr(availability, "_results", {})
            health._Process.diagnoses.clear()
            port = server.port if kind == "hanging server" else 9
            monkeypatch.setitem(ckan_config, "solr_url", f"http://127.0.0.1:{port}/solr/ckan")

        yield begin


@pytest.fixture(params=["closed port", "hanging server"])
def kind(request):
    """Kind of outage."""
    return request.param


@pytest.fixture
def waited(monkeypatch):
    """Seconds that were spent waiting for servers; independent of the load of the machine."""
    spent = []
    send = requests.Session.send

    def timed(*arguments, **named):
        begin = time.monotonic()
        try:
            return send(*arguments, **named)
        finally:
            spent.append(time.monotonic() - begin)

    monkeypatch.setattr(requests.Session, "send", timed)
    return spent


def get(app, path, record):
    return app.get(path, headers={"Authorization": record["token"]}, follow_redirects=False)


def test_no_route_waits_and_none_breaks(app, record, routes, outage, kind, waited):
    before = {path: get(app, path, record).status_code for _, path in routes}
    outage(kind)
    slow, wrong = {}, {}
    for endpoint, path in routes:
        waited.clear()
        answer = get(app, path, record)
        if sum(waited) > ALLOWED:
            slow[path] = waited.copy()
        of_algorithm = endpoint in NEED_SEARCH_FOR_ALGORITHMS and path.startswith("/algorithm/")
        needs_search = endpoint in NEED_SEARCH or of_algorithm or endpoint == "api.action"
        expected = 503 if needs_search and before[path] == 200 else before[path]
        if answer.status_code != expected or (expected == 503 and not answer.headers.get("Retry-After")):
            wrong[path] = answer.status_code, before[path]
    assert (slow, wrong) == ({}, {})
    assert len(routes) > 60


@pytest.mark.parametrize("used", [True, False])
def test_the_page_of_an_algorithm_says_that_its_datasets_cannot_be_listed(app, record, outage, kind, used):
    algorithm = factories.Dataset(type="algorithm")["name"]
    if used:
        factories.Dataset(title="Counts of bicycles", algorithm_systems=[algorithm])
    path, right_now = f"/algorithm/{algorithm}", "The portal cannot list these datasets right now."
    before = app.get(path).body
    outage(kind)
    answer = app.get(path)
    assert (right_now in before, "Counts of bicycles" in before) == (False, used)
    assert (right_now in answer.body, "Counts of bicycles" in answer.body) == (True, False)
    assert "No dataset on this portal" not in answer.body
    assert (answer.status_code, "public" in answer.headers["Cache-Control"]) == (200, False)


def test_the_page_of_a_dataset_names_its_algorithms_without_links(app, record, outage, kind):
    algorithm = factories.Dataset(type="algorithm")["name"]
    path = f"/dataset/{factories.Dataset(algorithm_systems=[algorithm])['name']}/transparency"
    assert f'/algorithm/{algorithm}"' in app.get(path).body
    outage(kind)
    answer = app.get(path)
    assert answer.status_code == 200
    assert algorithm in answer.body
    assert f'/algorithm/{algorithm}"' not in answer.body


def test_a_save_says_so_at_once_and_changes_nothing(app, record, outage, kind, waited):
    outage(kind)
    data, token = {"id": record["dataset"], "title": "Changed"}, {"Authorization": record["token"]}
    answer = app.post("/api/3/action/package_patch", json=data, headers=token)
    assert (answer.status_code, answer.json["success"]) == (503, False)
    assert sum(waited) < ALLOWED
    assert call_action("package_show", id=record["dataset"], use_cache=False)["title"] != "Changed"


def test_it_is_noticed_when_the_search_is_back(app, record, ckan_config, monkeypatch):
    monkeypatch.setattr(availability, "_results", {})
    with monkeypatch.context() as down:
        down.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/ckan")
        assert get(app, "/transparency.json", record).status_code == 503
    assert get(app, "/transparency.json", record).status_code == 200
