"""Last page before a draft is published: what becomes public, the gaps, and the choice of who may see it."""

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from support.form_pages import form, page, send, shown, soup_of, values_of


@pytest.fixture
def steward():
    return factories.SysadminWithToken()


@pytest.fixture
def draft(current):
    del current["retention_type"]
    return factories.Dataset(
        **current, owner_org=factories.Organization()["id"], state="draft", private=True,
        resources=[{"url": "https://data.example.org/a.csv"}],
    )  # fmt: skip


def test_the_page_names_what_becomes_public_and_what_is_open(app, steward, draft):
    soup = form(app, steward, page(draft, "publish"))
    text = " ".join(soup.select_one(".osc-form").text.split())
    assert "1 file or link" in text
    assert "2 required answers are missing." in text
    for name in ("retention_type", "retention_disposition"):
        assert soup.select(f"a[href='/dataset/{draft['id']}/governance/retention#field-{name}']")
    assert soup.select_one("[name=visibility][checked]")["value"] == "private"


@pytest.mark.parametrize(("visibility", "private", "said"), [("public", False, "Everybody"), ("private", True, "Only")])
def test_the_choice_is_stored_and_said(app, steward, draft, visibility, private, said):
    answer = send(app, steward, page(draft, "publish"), visibility=visibility)
    assert answer.headers["Location"].endswith(f"/dataset/{draft['name']}")
    after = shown(draft)
    assert (after["state"], after["private"]) == ("active", private)


@pytest.mark.parametrize("sent", [{}, {"visibility": "everybody"}, {"visibility": ""}])
def test_without_a_choice_nothing_is_published(app, steward, draft, sent):
    soup = soup_of(send(app, steward, page(draft, "publish"), **sent))
    assert "Choose who may see it." in soup.select_one("#field-visibility").text
    assert shown(draft)["state"] == "draft"


@pytest.mark.ckan_config("ckanext.opensmartcity.enforcement", "publish")
def test_where_gaps_are_refused_the_page_says_so_before_and_after(app, steward, draft):
    assert "does not let it become public" in form(app, steward, page(draft, "publish")).text
    soup = soup_of(send(app, steward, page(draft, "publish"), visibility="public"))
    assert [node["href"] for node in soup.select(".osc-errors a")] == [
        f"/dataset/{draft['id']}/governance/retention#field-retention_{name}" for name in ("type", "disposition")
    ]
    assert shown(draft)["state"] == "draft"
    assert send(app, steward, page(draft, "publish"), visibility="private").status_code == 302


def test_the_pages_of_questions_and_of_the_data_lead_to_it_and_publish_nothing(app, steward, draft):
    path = page(draft, "ownership")
    answer = send(app, steward, path, **values_of(form(app, steward, path)) | {"save": "publish"})
    assert answer.headers["Location"].endswith(f"/dataset/{draft['name']}/governance/publish")
    data = {"id": "", "url": "https://data.example.org/b.csv", "save": "go-metadata", "opensmartcity_review": "yes"}
    for sent, resources in ((data, 2), (data | {"url": ""}, 2)):
        answer = send(app, steward, f"/dataset/{draft['name']}/resource/new", **sent)
        assert answer.headers["Location"].endswith(f"/dataset/{draft['name']}/governance/publish")
        assert (shown(draft)["state"], len(shown(draft)["resources"])) == ("draft", resources)
    soup = form(app, steward, f"/dataset/{draft['name']}/resource/new")
    assert soup.select_one("#resource-edit [name=opensmartcity_review]")


@pytest.mark.parametrize("lacking", ["id", "save"])
@pytest.mark.parametrize("review", [{}, {"opensmartcity_review": "yes"}])
def test_the_form_of_the_data_is_refused_without_its_own_fields(app, steward, draft, lacking, review):
    sent = {"id": "", "url": "https://data.example.org/b.csv", "save": "go-metadata"} | review
    del sent[lacking]
    path, headers = f"/dataset/{draft['name']}/resource/new", {"Authorization": steward["token"]}
    assert app.post(path, data=sent, headers=headers).status_code == 400
    assert len(shown(draft)["resources"]) == 1


def test_a_published_record_has_no_such_page(app, steward):
    dataset = factories.Dataset()
    headers = {"Authorization": steward["token"]}
    answer = app.get(page(dataset, "publish"), headers=headers, follow_redirects=False)
    assert answer.headers["Location"].endswith(f"/dataset/{dataset['name']}")


def test_only_who_may_edit_sees_it(app, draft):
    stranger = factories.UserWithToken()
    assert app.get(page(draft, "publish"), headers={"Authorization": stranger["token"]}).status_code in (403, 404)
    assert send(app, stranger, page(draft, "publish"), visibility="public").status_code in (403, 404)
    assert call_action("package_show", id=draft["id"])["state"] == "draft"
