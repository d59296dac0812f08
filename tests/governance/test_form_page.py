"""Pages of the form: every question on the page of its group, each page saved on its own, other fields preserved."""

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from support.form_pages import changed, form, page, send, shown, soup_of, values_of

publish = pytest.mark.ckan_config("ckanext.opensmartcity.enforcement", "publish")


@pytest.fixture
def steward():
    return factories.SysadminWithToken()


@pytest.mark.parametrize("kind", ["dataset", "algorithm"])
def test_every_group_has_a_page_with_its_questions_and_no_others(app, steward, standard, kind):
    record = factories.Dataset(type=kind)
    for group in standard.records[kind].groups:
        soup = form(app, steward, page(record, group.id, kind))
        assert soup.select_one("h2#osc-group-title").text == group.question
        asked = [node["id"].removeprefix("osc-question-") for node in soup.select(".osc-question")]
        assert asked == [field.name for field in group.fields]
        for field in group.fields:
            question = soup.select_one(f"#osc-question-{field.name}")
            for text in (field.question, field.help, field.reason):
                assert text in question.text
            assert question.select_one(f"#field-{field.name}")
            assert {node["value"] for node in question.select(f"[name=declared-{field.name}]")} >= {
                "",
                "not_applicable",
            }


@pytest.mark.parametrize("kind", ["dataset", "algorithm"])
def test_ckans_own_fields_have_the_first_page_and_no_question_on_it(app, steward, standard, kind):
    soup = form(app, steward, f"/{kind}/new")
    assert soup.select_one("#field-title")
    assert not soup.select(".osc-question")
    steps = [node.text.split("\n")[0].strip() for node in soup.select(".osc-pages li > *")]
    groups = [group.label for group in standard.records[kind].groups]
    assert steps == ["Description", *groups, *(["Data"] if kind == "dataset" else [])]
    assert not soup.select(".osc-pages a"), "nothing is saved yet that a page could be of"


def test_every_question_can_be_declared_not_known(app, steward, standard):
    for kind, known in standard.records.items():
        record = factories.Dataset(type=kind)
        for group in known.groups:
            soup = form(app, steward, page(record, group.id, kind))
            for field in group.fields:
                question = soup.select_one(f"#osc-question-{field.name}")
                assert question.select_one("[value=unknown]"), field.name


def test_a_new_dataset_goes_from_its_own_fields_through_every_group_to_its_data(app, steward, standard):
    own = values_of(form(app, steward)) | {"name": "walked", "title": "Walked", "private": "False"}
    answer = send(app, steward, "/dataset/new", **own)
    for group in standard.records["dataset"].groups:
        assert answer.headers["Location"].endswith(f"/dataset/walked/governance/{group.id}")
        soup = form(app, steward, answer.headers["Location"])
        answer = send(app, steward, answer.headers["Location"], **values_of(soup) | {"save": "next"})
    assert answer.headers["Location"].endswith("/dataset/walked/resource/new")
    assert call_action("package_show", id="walked")["state"] == "draft"


def test_an_algorithm_needs_no_data_and_is_published_from_any_page(app, steward):
    own = values_of(form(app, steward, "/algorithm/new")) | {"name": "signals", "title": "Signals", "private": "False"}
    first = send(app, steward, "/algorithm/new", **own).headers["Location"]
    assert call_action("package_show", id="signals")["state"] == "draft"
    sent = values_of(form(app, steward, first)) | {"save": "publish", "algorithm_owner": "Traffic"}
    answer = send(app, steward, first, **sent)
    assert answer.headers["Location"].endswith("/algorithm/signals/governance/publish")
    assert call_action("package_show", id="signals")["state"] == "draft"
    answer = send(app, steward, answer.headers["Location"], visibility="public")
    assert answer.headers["Location"].endswith("/algorithm/signals")
    published = call_action("package_show", id="signals")
    assert (published["state"], published["algorithm_owner"]) == ("active", "Traffic")


@pytest.fixture
def full(current):
    """Dataset with answers, declarations, custom fields, tags and resources."""
    declared = {
        "ownership_mandate": {"state": "unknown"},
        "sovereignty_exit": {"state": "not_applicable", "reason": "The city runs it."},
    }
    return factories.Dataset(
        **current, governance_declared=declared, ownership_suppliers=["First Ltd", "Second Ltd"],
        extras=[{"key": "old", "value": "field\nof lines"}], author="Parks Department", version="1.2",
        tags=[{"name": "trees"}], resources=[{"url": "https://data.example.org/a.csv", "own": "kept"}],
    )  # fmt: skip


def test_saving_any_page_unchanged_changes_nothing(app, steward, full, standard):
    before = shown(full)
    paths = [page(full, group.id) for group in standard.records["dataset"].groups]
    for path in (f"/dataset/edit/{full['id']}", *paths):
        assert send(app, steward, path, **values_of(form(app, steward, path))).status_code == 302
        assert changed(before, shown(full)) == set(), path


def test_a_page_changes_its_own_answers_and_nothing_else(app, steward, full):
    before = shown(full)
    path = page(full, "fitness")
    answers = {"fitness_purpose": "Another purpose.", "declared-fitness_alternatives": "unknown"}
    send(app, steward, path, **values_of(form(app, steward, path)) | answers)
    after = shown(full)
    assert changed(before, after) == {"fitness_purpose", "governance_declared"}
    unknown = {"fitness_alternatives": {"state": "unknown"}}
    assert after["governance_declared"] == before["governance_declared"] | unknown


def test_a_declaration_is_taken_back_on_its_page_and_the_others_stay(app, steward, full):
    path = page(full, "ownership")
    send(app, steward, path, **values_of(form(app, steward, path)) | {"declared-ownership_mandate": ""})
    assert list(shown(full)["governance_declared"]) == ["sovereignty_exit"]


def test_the_last_box_of_a_list_can_be_unticked(app, steward, current):
    dataset = factories.Dataset(
        **current | {"privacy_class": "personal", "privacy_openness": "closed", "privacy_data_subjects": ["residents"]}
    )
    sent = values_of(form(app, steward, page(dataset, "privacy")))
    del sent["privacy_data_subjects"]
    send(app, steward, page(dataset, "privacy"), **sent)
    assert "privacy_data_subjects" not in shown(dataset)


def test_a_form_that_was_cut_off_takes_no_answer_back(app, steward, full):
    before = shown(full)
    assert send(app, steward, page(full, "ownership"), ownership_owner="Half a form").status_code == 302
    assert changed(before, shown(full)) == set()


def test_a_page_takes_no_answer_that_is_not_its_own(app, steward, full):
    before = shown(full)
    path = page(full, "fitness")
    foreign = {"title": "Taken over", "privacy_class": "personal", "declared-privacy_class": "", "private": "True"}
    send(app, steward, path, **values_of(form(app, steward, path)) | foreign)
    assert changed(before, shown(full)) == set()


def test_what_was_typed_is_kept_beside_its_error(app, steward):
    typed = {
        "privacy": {
            "privacy_class": "non_personal", "privacy_legal_basis": ["A6-1-e"], "privacy_purpose": "Kept\nas typed.",
            "declared-privacy_openness": "not_applicable", "declared-privacy_openness-reason": "",
        },
        "retention": {"retention_period": "five years", "retention_until": "2026-02-31"},
    }  # fmt: skip
    rules = {
        "privacy": {"privacy_legal_basis": "OSC-014", "privacy_openness": "OSC-070"},
        "retention": {"retention_period": "OSC-032", "retention_until": "OSC-032"},
    }
    dataset = factories.Dataset()
    for group, answers in typed.items():
        path = page(dataset, group)
        soup = soup_of(send(app, steward, path, **values_of(form(app, steward, path)) | answers))
        again = values_of(soup)
        for name, value in answers.items():
            assert sorted(again[name]) == sorted(value if isinstance(value, list) else [value])
        for name, rule in rules[group].items():
            assert rule in soup.select_one(f"#osc-error-{name}").text
            assert rule in soup.select_one(f".osc-errors li:has(a[href='#field-{name}'])").text
    assert changed(dataset, shown(dataset)) == set()


def test_a_draft_may_be_unfinished_where_a_finished_record_would_be_refused(app, steward):
    system = factories.Dataset(type="algorithm", state="draft")
    path = page(system, "working", "algorithm")
    sent = values_of(form(app, steward, path)) | {"algorithm_decision": "decides"}
    assert send(app, steward, path, **sent).status_code == 302
    soup = soup_of(send(app, steward, page(system, "publish", "algorithm"), visibility="public"))
    places = [node["href"] for node in soup.select(".osc-errors a")]
    assert f"/algorithm/{system['id']}/governance/control#field-algorithm_oversight" in places
    assert "OSC-041" in soup.select_one(".osc-errors").text
    assert shown(system)["state"] == "draft"


def test_a_draft_with_an_answer_that_is_wrong_is_refused_at_once(app, steward):
    draft = factories.Dataset(state="draft")
    path = page(draft, "retention")
    sent = values_of(form(app, steward, path)) | {"retention_type": "indefinite", "retention_period": "P5Y"}
    assert "OSC-030" in send(app, steward, path, **sent).body


@publish
def test_under_publish_a_page_of_a_draft_may_have_gaps_and_going_public_leads_to_them(app, steward):
    organization = factories.Organization()["id"]
    draft = factories.Dataset(owner_org=organization, state="draft", private=False)
    call_action("resource_create", package_id=draft["id"], url="https://data.example.org/a.csv")
    path = page(draft, "ownership")
    sent = values_of(form(app, steward, path)) | {"ownership_owner": "Parks"}
    assert send(app, steward, path, **sent).status_code == 302
    soup = soup_of(send(app, steward, page(draft, "publish"), visibility="public"))
    places = [node["href"] for node in soup.select(".osc-errors a")]
    assert f"/dataset/{draft['id']}/governance/ownership#field-ownership_contact" in places
    assert f"/dataset/{draft['id']}/governance/privacy#field-privacy_class" in places
    assert shown(draft)["state"] == "draft"


@publish
def test_under_publish_the_page_of_the_data_leads_to_the_open_questions(app, steward):
    draft = factories.Dataset(owner_org=factories.Organization()["id"], state="draft", private=False)
    data = {"id": "", "url": "https://data.example.org/a.csv", "save": "go-metadata"}
    soup = soup_of(send(app, steward, f"/dataset/{draft['name']}/resource/new", **data))
    assert f"/dataset/{draft['name']}/governance/privacy#field-privacy_class" in [
        node["href"] for node in soup.select(".osc-errors a")
    ]
    assert "is saved" in soup.select_one(".osc-errors").text
    assert (shown(draft)["state"], len(shown(draft)["resources"])) == ("draft", 1)


@publish
def test_under_publish_a_private_dataset_made_public_on_its_first_page_leads_to_its_gaps(app, steward):
    dataset = factories.Dataset(owner_org=factories.Organization()["id"], private=True)
    path = f"/dataset/edit/{dataset['id']}"
    soup = soup_of(send(app, steward, path, **values_of(form(app, steward, path)) | {"private": "False"}))
    places = [node["href"] for node in soup.select(".osc-errors a")]
    assert f"/dataset/{dataset['id']}/governance/ownership#field-ownership_owner" in places
    assert shown(dataset)["private"] is True


def test_errors_of_ckans_own_fields_stay_where_they_were(app, steward):
    soup = soup_of(send(app, steward, "/dataset/new", **values_of(form(app, steward)) | {"name": "Not A Name"}))
    assert [node["href"] for node in soup.select(".osc-errors a")] == ["#field-name", "#field-private"]
    assert soup.select_one("#field-name")["value"] == "Not A Name"


def test_a_draft_is_taken_up_again_with_its_answers(app, steward):
    draft = factories.Dataset(state="draft", ownership_owner="Parks")
    path = f"/dataset/edit/{draft['id']}"
    sent = values_of(form(app, steward, path)) | {"title": "Renamed"}
    answer = send(app, steward, "/dataset/new", **sent)
    assert answer.headers["Location"].endswith(f"/dataset/{draft['name']}/governance/ownership")
    assert (shown(draft)["title"], shown(draft)["ownership_owner"]) == ("Renamed", "Parks")


def test_the_pages_are_linked_from_the_edit_form_and_the_transparency_page(app, steward, full):
    entry = f"/dataset/{full['name']}/governance"
    for path in (f"/dataset/edit/{full['name']}", f"/dataset/{full['name']}/transparency"):
        assert form(app, steward, path).select(f"a[href='{entry}']"), path
    assert not soup_of(app.get(f"/dataset/{full['name']}/transparency")).select(f"a[href='{entry}']")


def test_the_entry_leads_to_the_page_that_needs_it_most(app, steward, current):
    del current["retention_type"]
    dataset = factories.Dataset(**current)
    headers = {"Authorization": steward["token"]}
    answer = app.get(f"/dataset/{dataset['name']}/governance", headers=headers, follow_redirects=False)
    assert answer.headers["Location"].endswith(f"/dataset/{dataset['name']}/governance/retention")


def test_questions_that_do_not_apply_say_when_they_would(app, steward, current):
    dataset = factories.Dataset(**current)
    soup = form(app, steward, page(dataset, "privacy"))
    question = soup.select_one("#osc-question-privacy_data_subjects")
    assert question["data-applies"] == "no"
    assert question.select_one(".osc-needed").text.startswith("Only if “Privacy class” is ")
    assert not soup.select_one("#osc-question-privacy_class").has_attr("data-applies")


def test_the_check_of_a_page_says_what_saving_it_would_make_of_the_record_and_saves_nothing(app, steward, current):
    del current["retention_type"]
    dataset = factories.Dataset(**current)
    sent = values_of(form(app, steward, page(dataset, "privacy")))
    path = page(dataset, "privacy") + "/check"
    checked = send(app, steward, path, **sent | {"privacy_class": "personal"}).json
    assert checked["applies"]["privacy_data_subjects"] is True
    assert checked["applies"]["privacy_deidentification"] is False
    assert "#field-privacy_data_subjects" in checked["panel"]
    assert "#field-retention_type" not in checked["panel"]
    assert "OSC-011" not in checked["panel"] or "OSC-015" not in checked["panel"]
    assert checked["said"].startswith("This page – Answers: begun.")
    assert shown(dataset)["privacy_class"] == "non_personal"


def test_dutch_stewards_get_dutch_pages(app, steward):
    dataset = factories.Dataset()
    question = form(app, steward, f"/nl{page(dataset, 'ownership')}").select_one("h2#osc-group-title")
    assert question.text != "Who is responsible for this data?"


@pytest.mark.parametrize("path", ["/dataset/{}/governance/no-such", "/dataset/no-such/governance/ownership"])
def test_a_page_that_does_not_exist_is_not_found(app, steward, path):
    dataset = factories.Dataset()
    headers = {"Authorization": steward["token"]}
    assert app.get(path.format(dataset["name"]), headers=headers).status_code == 404


def test_a_forged_form_is_refused_also_after_a_program_has_used_the_same_view(app, steward, monkeypatch):
    monkeypatch.setitem(app.flask_app.config, "WTF_CSRF_ENABLED", True)
    record = factories.Dataset()
    defaults = f"/organization/{factories.Organization()['name']}/usual-answers/dataset/ownership"
    sent = {"ownership_owner": "Somebody else", "save": "stay"}
    for path in (page(record, "ownership"), f"{page(record, 'ownership')}/check", defaults, "/dataset/new"):
        app.post(path, data=sent, headers={"Authorization": steward["token"]}, follow_redirects=False)
        forged = app.post(path, data=sent, follow_redirects=False)
        assert forged.status_code == 400, path
        assert "csrf" in forged.body.lower()


def test_algorithms_are_picked_by_their_title_and_other_entries_stay(app, steward):
    other = factories.Dataset(type="algorithm", title="A picker test: traffic signals")
    chosen = factories.Dataset(type="algorithm", title="A picker test: permit check")
    dataset = factories.Dataset(algorithm_use="in_use", algorithm_systems=[chosen["id"]])
    soup = form(app, steward, page(dataset, "algorithm"))
    options = [(node.text, node.has_attr("selected")) for node in soup.select("#field-algorithm_systems option")]
    picked = [each for each in options if "picker test" in each[0]]
    assert picked == [(chosen["title"], True), (other["title"], False)]
    sent = values_of(soup)
    assert send(app, steward, page(dataset, "algorithm"), **sent | {"algorithm_systems": [chosen["id"], other["name"]]})
    assert shown(dataset)["algorithm_systems"] == [chosen["id"], other["name"]]
    call_action("package_delete", id=chosen["id"])
    kept = form(app, steward, page(dataset, "algorithm")).select("#field-algorithm_systems option[selected]")
    assert {node["value"] for node in kept} == {chosen["id"], other["name"]}
