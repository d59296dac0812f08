"""Permission matrix: each action and page, for each role, on each kind of dataset, compared with package_show."""

import csv
import gzip
import io
import json

import pytest
from ckan.lib.jobs import get_all_queues
from ckan.tests import factories
from support.record_formats import FORMAT_ROUTES
from support.roles import MAY_READ, OWN, ROLES, make_city

READERS = (
    "/api/3/action/governance_show?id={name}",
    "/dataset/{name}/transparency",
    "/nl/dataset/{name}/transparency",
    *(f"/dataset/{{name}}/{route}" for route in FORMAT_ROUTES),
)
HISTORIES = (
    "/dataset/{name}/transparency/history",
    "/dataset/{name}/transparency/history.atom",
    "/dataset/{name}/transparency/history.json",
)


@pytest.fixture
def city(clean_db, clean_index):
    """Portal with the records of `make_city` only."""
    return make_city()


def test_governance_is_readable_to_exactly_those_who_may_read_the_dataset(city, app):
    datasets, tokens = city
    for path in READERS:
        seen = {
            (kind, role): app.get(path.format(name=dataset["name"]), headers=headers).status_code
            for kind, dataset in datasets.items()
            for role, headers in tokens.items()
        }
        readable = {key for key, status in seen.items() if status == 200}
        assert readable == {(kind, role) for kind, roles in MAY_READ.items() for role in roles}, path
        refused = {403} if path.startswith("/api") else {404}
        assert {status for status in seen.values() if status != 200} == refused, path


def test_a_history_is_readable_to_exactly_those_who_may_read_the_dataset(city, app):
    datasets, tokens = city
    # The public history of a deleted dataset stays visible: see test_history_permissions.
    for kind in ("public", "private", "draft"):
        for path in HISTORIES:
            address = path.format(name=datasets[kind]["name"])
            asked = {role: app.get(address, headers=headers) for role, headers in tokens.items()}
            assert roles_with(200, asked) == MAY_READ[kind], (kind, path)
            assert roles_with(404, asked) == set(ROLES) - MAY_READ[kind], (kind, path)
            told = {role for role, answer in asked.items() if datasets[kind]["title"] in answer.body}
            assert told <= MAY_READ[kind], (kind, path)


def test_the_feed_of_the_portal_tells_everybody_of_exactly_the_changes_that_they_may_see(city, app):
    datasets, tokens = city
    for role, headers in tokens.items():
        body = app.get("/transparency/feed", headers=headers).body
        seen = {kind for kind, dataset in datasets.items() if dataset["title"] in body}
        # The public history of a deleted dataset stays visible to everybody.
        assert seen == {"deleted"} | {kind for kind, readers in MAY_READ.items() if role in readers}, role


def test_the_stream_of_entities_holds_exactly_what_a_search_would_show(city, app):
    datasets, tokens = city
    for role, headers in tokens.items():
        body = app.get("/transparency/ngsi-ld.jsonl", headers=headers).body
        seen = {kind for kind, dataset in datasets.items() if dataset["id"] in body}
        assert seen == ({"public", "private"} if role in OWN else {"public"}), role


def test_a_refusal_tells_nothing_of_the_dataset(city, app):
    datasets, tokens = city
    for path in READERS[1:]:
        page = app.get(path.format(name=datasets["private"]["name"]), headers=tokens["other_admin"])
        nowhere = app.get(path.format(name="no-such-dataset"), headers=tokens["other_admin"])
        assert page.status_code == nowhere.status_code == 404
        assert datasets["private"]["title"] not in page.body


@pytest.mark.ckan_config("ckan.auth.reveal_private_datasets", True)
def test_where_private_datasets_are_revealed_the_page_asks_to_log_in_as_ckan_does(city, app):
    datasets, tokens = city
    path = f"/dataset/{datasets['private']['name']}/transparency"
    assert app.get(path, headers=tokens["other_admin"]).status_code == 403
    assert "/user/login" in app.get(path, follow_redirects=False).headers["Location"]


def test_the_standard_and_the_check_are_for_everybody(city, app):
    _, tokens = city
    for headers in tokens.values():
        assert app.get("/api/3/action/governance_standard_show", headers=headers).json["success"]
        assert app.post("/api/3/action/governance_check", json={"title": "Mine"}, headers=headers).json["success"]


def test_governance_is_written_by_exactly_those_who_may_edit_the_dataset(city, app):
    datasets, tokens = city
    writes = {"id": datasets["public"]["id"], "ownership_owner": "Parks"}
    writers = {
        role
        for role, headers in tokens.items()
        if app.post("/api/3/action/package_patch", json=writes, headers=headers).status_code == 200
    }
    assert writers == {"editor", "admin", "sysadmin"}


def test_a_check_of_a_record_with_the_id_of_a_private_dataset_reads_nothing_of_it(city, app):
    datasets, _ = city
    own = app.post("/api/3/action/governance_check", json={"id": datasets["private"]["id"]}).json["result"]
    none = app.post("/api/3/action/governance_check", json={}).json["result"]
    assert own == none


def test_a_page_of_the_register_is_readable_to_exactly_those_who_may_read_the_record(city, app):
    datasets, tokens = city
    owner = datasets["public"]["owner_org"]
    records = {
        "public": factories.Dataset(type="algorithm", owner_org=owner),
        "private": factories.Dataset(type="algorithm", owner_org=owner, private=True, title="Secret planner"),
    }
    for language in ("", "/nl"):
        for kind, record in records.items():
            for role, headers in tokens.items():
                answer = app.get(f"{language}/algorithm/{record['name']}", headers=headers)
                assert answer.status_code == (200 if role in MAY_READ[kind] else 404), (kind, role)
                assert "Secret planner" not in answer.body or role in OWN
                listed = app.get(f"{language}/algorithm/", headers=headers).body
                assert (f'/algorithm/{record["name"]}"' in listed) == (role in MAY_READ[kind]), (kind, role)


def test_the_standard_is_a_page_for_everybody(city, app):
    _, tokens = city
    for headers in tokens.values():
        for page in ("", ".json", ".md", "/dataset.schema.json"):
            assert app.get(f"/transparency/standard{page}", headers=headers).status_code == 200


EDITORS = {"editor", "admin", "sysadmin"}


def roles_with(status, responses):
    return {role for role, response in responses.items() if response.status_code == status}


@pytest.mark.parametrize("kind", ["public", "private", "draft"])
def test_the_pages_of_the_form_are_for_exactly_those_who_may_edit_the_dataset(city, app, kind):
    datasets, tokens = city
    path = f"/dataset/{datasets[kind]['name']}/governance"
    for page in (path, f"{path}/ownership"):
        asked = {role: app.get(page, headers=headers, follow_redirects=False) for role, headers in tokens.items()}
        assert roles_with(200 if page.endswith("ownership") else 302, asked) == EDITORS
        readers = MAY_READ[kind] - EDITORS
        assert roles_with(403, asked) == readers
        assert roles_with(404, asked) == set(ROLES) - EDITORS - readers


def test_the_pages_of_the_form_are_saved_and_checked_by_exactly_those_who_may_edit_the_dataset(city, app):
    datasets, tokens = city
    path = f"/dataset/{datasets['public']['name']}/governance/ownership"
    for place, status in ((path, 302), (f"{path}/check", 200)):
        sent = {"ownership_owner": "Parks", "declared-ownership_owner": ""}
        asked = {
            role: app.post(place, data=sent, headers=headers, follow_redirects=False)
            for role, headers in tokens.items()
        }
        assert roles_with(status, asked) == EDITORS
        assert roles_with(403, asked) == set(ROLES) - EDITORS


def test_a_change_is_checked_by_exactly_those_who_may_make_it(city, app):
    datasets, tokens = city
    change = {"patch_of": datasets["private"]["id"], "ownership_owner": "Parks"}
    asked = {
        role: app.post("/api/3/action/governance_check", json=change, headers=headers)
        for role, headers in tokens.items()
    }
    assert roles_with(200, asked) == EDITORS
    assert roles_with(403, asked) == set(ROLES) - EDITORS


def test_default_answers_are_read_by_those_who_may_create_and_updated_by_those_who_may_edit_the_organisation(city, app):
    datasets, tokens = city
    first = datasets["public"]["owner_org"]
    reads = {
        role: app.get(f"/api/3/action/governance_defaults_show?id={first}", headers=headers)
        for role, headers in tokens.items()
    }
    assert roles_with(200, reads) == EDITORS
    assert roles_with(403, reads) == set(ROLES) - EDITORS
    stated = {"id": first, "answers": {"ownership_owner": "Parks"}}
    writes = {
        role: app.post("/api/3/action/governance_defaults_update", json=stated, headers=headers)
        for role, headers in tokens.items()
    }
    assert roles_with(200, writes) == {"admin", "sysadmin"}
    assert roles_with(403, writes) == set(ROLES) - {"admin", "sysadmin"}


def test_the_pages_of_default_answers_follow_the_actions(city, app):
    datasets, tokens = city
    path = f"/organization/{datasets['public']['organization']['name']}/usual-answers/dataset/ownership"
    shown = {role: app.get(path, headers=headers) for role, headers in tokens.items()}
    assert roles_with(200, shown) == EDITORS
    assert roles_with(404, shown) == set(ROLES) - EDITORS
    assert "disabled" in shown["editor"].body
    sent = {
        role: app.post(path, data={"declared-ownership_owner": "unknown"}, headers=headers, follow_redirects=False)
        for role, headers in tokens.items()
    }
    assert roles_with(302, sent) == {"admin", "sysadmin"}
    assert roles_with(403, sent) == {"editor"}


def test_an_organisation_that_does_not_exist_is_refused_like_one_of_others(city, app):
    _, tokens = city
    for role, headers in tokens.items():
        answer = app.get("/api/3/action/governance_defaults_show?id=no-such", headers=headers)
        assert answer.status_code == (404 if role == "sysadmin" else 403)


def test_private_records_are_counted_for_exactly_those_who_may_read_them(city, app):
    _, tokens = city

    def total(headers, **asked):
        answer = app.get("/api/3/action/governance_stats", query_string=asked, headers=headers).json["result"]
        rows = app.get("/api/3/action/governance_stats?by=organization", headers=headers).json["result"]["by"]
        assert sum(row["total"] for row in rows["organization"]) == answer["total"] or asked
        return answer["total"]

    assert {role: total(headers) for role, headers in tokens.items()} == {
        role: 2 if role in MAY_READ["private"] else 1 for role in ROLES
    }
    assert {total(headers, include_private="false") for headers in tokens.values()} == {1}
    assert {total(headers, fq="+state:draft") for role, headers in tokens.items() if role not in OWN} == {0}


def test_the_city_is_the_same_for_everybody(city, app):
    _, tokens = city
    for path in ("/transparency.json", "/transparency.csv", "/api/3/action/governance_city_show"):
        answers = {app.get(path, headers=headers).body for headers in tokens.values()}
        assert len(answers) == 1, path
    assert json.loads(app.get("/transparency.json").body)["total"] == 1


def test_the_lists_behind_the_numbers_have_public_records_only_for_everybody(city, app):
    datasets, tokens = city
    for headers in tokens.values():
        for query in ("ext_figure_rest=owner", "vocab_governance_level=silent"):
            body = app.get(f"/dataset/?{query}&ext_public=dataset", headers=headers).body
            assert "1 dataset found" in body
            assert datasets["private"]["name"] not in body


FILES = ("/transparency/audit.jsonl", "/transparency/audit.csv", "/transparency/audit.csv.gz")
AUDITS = ("/api/3/action/governance_audit", *FILES)


def audited_names(answer, path):
    """Return the names in the response of an audit."""
    if path.startswith("/api"):
        return {row["name"] for row in answer.json["result"]["rows"]}
    if path.endswith(".jsonl"):
        return {json.loads(line)["name"] for line in answer.body.splitlines()}
    text = gzip.decompress(answer.data).decode() if path.endswith(".gz") else answer.body
    return {row["name"] for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))}


def test_each_audit_lists_for_everybody_exactly_what_they_may_see(city, app):
    datasets, tokens = city
    names = {kind: dataset["name"] for kind, dataset in datasets.items()}
    for path in AUDITS:
        for role, headers in tokens.items():
            seen = {names["public"]} | ({names["private"]} if role in MAY_READ["private"] else set())
            assert audited_names(app.get(path, headers=headers), path) == seen, (path, role)
            answer = app.get(f"{path}?include_private=false", headers=headers)
            assert audited_names(answer, path) == {names["public"]}, (path, role)
            if role not in OWN:
                drafts = app.get(path, query_string={"fq": "+state:(draft OR deleted)"}, headers=headers)
                assert audited_names(drafts, path) == set(), (path, role)


def test_the_manifest_counts_for_everybody_what_they_may_see(city, app):
    _, tokens = city
    for role, headers in tokens.items():
        told = app.get("/transparency/audit.json", headers=headers).json
        assert told["total"] == sum(told["levels"].values()) == (2 if role in OWN else 1), role
        assert told["seen_by"] == ("everybody" if role == "anonymous" else "user")


def test_a_file_for_somebody_is_kept_by_nobody_on_the_way(city, app):
    _, tokens = city
    for path in FILES:
        answer = app.get(path, headers=tokens["member"])
        assert answer.data
        assert set(answer.headers["Cache-Control"].split(", ")) == {"private", "no-store"}


def test_links_of_a_dataset_are_told_to_exactly_those_who_may_read_it(city, app):
    datasets, tokens = city
    for kind, dataset in datasets.items():
        path = f"/api/3/action/governance_links_show?id={dataset['id']}"
        asked = {role: app.get(path, headers=headers) for role, headers in tokens.items()}
        assert roles_with(200, asked) == MAY_READ[kind], kind
        assert roles_with(403, asked) == set(ROLES) - MAY_READ[kind], kind


def test_links_disposals_and_other_cities_are_the_same_for_everybody(city, app):
    _, tokens = city
    names = ("links", "links.json", "disposals", "disposals.json", "compare", "compare.json", "city.schema.json")
    pages = [f"/transparency/{name}" for name in names]
    for path in pages:
        answers = {role: app.get(path, headers=headers) for role, headers in tokens.items()}
        assert roles_with(200, answers) == set(ROLES)
        assert not path.endswith("json") or len({answer.body for answer in answers.values()}) == 1
    for action in ("governance_links_list", "governance_disposal_list", "governance_compare_show"):
        found = [app.get(f"/api/3/action/{action}", headers=headers).json["result"] for headers in tokens.values()]
        assert all(result == found[0] for result in found)


def test_only_sysadmins_let_the_portal_ask_other_hosts(city, app, clean_queues):
    _, tokens = city
    for action in ("governance_links_check", "governance_peers_fetch"):
        path = f"/api/3/action/{action}"
        asked = {role: app.post(path, json={}, headers=headers) for role, headers in tokens.items()}
        assert roles_with(200, asked) == {"sysadmin"}
        assert roles_with(403, asked) == set(ROLES) - {"sysadmin"}
        assert app.get(path, headers=tokens["sysadmin"]).status_code == 400
    assert len(get_all_queues()[0].job_ids) == 2


def test_everybody_reads_the_status_of_the_portal_and_sysadmins_its_reasons(city, app):
    _, tokens = city
    health = {role: app.get("/transparency/health", headers=headers) for role, headers in tokens.items()}
    assert {answer.json["status"] for answer in health.values()} == {health["anonymous"].json["status"]}
    told = {role: [each["id"] for each in answer.json["checks"] if each["message"]] for role, answer in health.items()}
    assert {role for role, checks in told.items() if checks} == {"sysadmin"}
    assert {len(answer.json["checks"]) for role, answer in health.items() if role != "sysadmin"} == {2}
    metrics = {role: app.get("/transparency/metrics", headers=headers) for role, headers in tokens.items()}
    assert roles_with(200, metrics) == {"sysadmin"}
    assert roles_with(403, metrics) == set(ROLES) - {"sysadmin"}
