"""A form that arrives after the session has ended keeps what was typed."""

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from support.form_pages import page, soup_of

HOSTILE = "<script>alert(1)</script>\nKept \u00e9 as typed."


@pytest.fixture
def forms(app, monkeypatch):
    """Paths of forms, with CSRF protection switched on as in a real portal."""
    monkeypatch.setitem(app.flask_app.config, "WTF_CSRF_ENABLED", True)
    organization = factories.Organization()["name"]
    record = factories.Dataset()
    return [
        page(record, "fitness"),
        page(record, "publish"),
        f"/organization/{organization}/usual-answers/dataset/fitness",
        "/dataset/new",
    ]


def posted(app, path, **headers):
    data = {"fitness_purpose": HOSTILE, "fitness_standards": ["One", "Two"], "save": "stay"}
    return app.post(path, data=data, headers=headers, follow_redirects=False)


def test_what_was_typed_comes_back_in_a_form_with_a_new_token(app, forms):
    for path in forms:
        answer = posted(app, path, Origin="http://test.ckan.net")
        assert answer.status_code == 400
        soup = soup_of(answer)
        inputs = [(node["name"], node.text.removeprefix("\n")) for node in soup.select("form textarea[hidden]")]
        assert ("fitness_purpose", HOSTILE) in inputs, path
        assert [value for name, value in inputs if name == "fitness_standards"] == ["One", "Two"]
        assert soup.select_one("form input[name=_csrf_token]")["value"]
        assert "What it was made for" in soup.select_one(".osc-typed").text
        assert not soup.select("script:not([src]):-soup-contains('alert(1)')")
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://evil.example"}, {"Origin": "http://test.ckan.net", "Sec-Fetch-Site": "cross-site"}],
    ids=["no origin", "other origin", "cross-site"],
)
def test_another_site_cannot_fill_in_the_text(app, forms, headers):
    for path in forms:
        answer = posted(app, path, **headers)
        assert answer.status_code == 400
        assert "Kept" not in answer.body


def test_an_anonymous_page_with_a_valid_token_keeps_the_text_as_well(app):
    record = factories.Dataset()
    answer = posted(app, page(record, "fitness"), Origin="http://test.ckan.net")
    assert answer.status_code == 403
    assert ("fitness_purpose", HOSTILE) in [
        (node["name"], node.text.removeprefix("\n")) for node in soup_of(answer).select("form textarea[hidden]")
    ]
    assert "fitness_purpose" not in call_action("package_show", id=record["id"])
