"""Every form with text to type has buttons that show it in another language with what was typed, and save nothing."""

from pathlib import Path

import ckanext.opensmartcity
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckanext.opensmartcity.governance.forms import PREFIX, SHOW_AGAIN
from support.form_pages import soup_of
from support.participation_city import own_keys

PACKAGE = Path(ckanext.opensmartcity.__file__).parent
LANGUAGES = ("de", "es", "fr", "nl")
TYPED = "\nTyped <b>so far</b>, \u00e9."
SNIPPET = "opensmartcity/snippets/form_languages.html"
TEXT_INPUTS = ("<textarea", "opensmartcity/form/field.html")
# What was typed is shown on it to be sent again, and it has no other text to lose.
RESENT = "session_over.html"


def test_every_template_with_a_form_and_text_to_type_offers_the_other_languages():
    templates = {path.name: path.read_text(encoding="utf-8") for path in PACKAGE.glob("*/templates/**/*.html")}
    forms = {
        name for name, text in templates.items() if "<form" in text and any(each in text for each in TEXT_INPUTS)
    } - {RESENT}
    assert len(forms) >= 5
    assert [name for name in sorted(forms) if SNIPPET not in templates[name]] == []


@pytest.fixture
def forms(app):
    """Path of the page with each form, URL and name of the text of the form, and headers of a user who may send it."""
    connection = connect_to_redis()
    for key in own_keys():
        connection.delete(key)
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    organization, dataset = factories.Organization()["name"], factories.Dataset()
    record = dataset["name"]
    asked = app.post("/api/3/action/governance_question_create", json={"id": record, "text": "How many pass?"})
    questions = f"/dataset/{record}/questions"
    return [
        *(
            (path, path, name, headers)
            for path, name in (
                (f"/dataset/{dataset['id']}/governance/fitness", "fitness_purpose"),
                (f"/organization/{organization}/usual-answers/dataset/fitness", "fitness_limits"),
            )
        ),
        (questions, questions, "text", {}),
        (f"/dataset/{record}/stories", f"/dataset/{record}/stories", "text", {}),
        (questions, f"{questions}/{asked.json['result']['id']}/answer", "answer", headers),
    ]


def stored():
    """Return the number of rows of each table that the forms write."""
    model.Session.rollback()
    tables = ("event", "question", "story", "usual_answers")
    return [model.Session.scalar(sa.text(f"SELECT count(*) FROM opensmartcity_{table}")) for table in tables]


def test_the_button_shows_the_form_in_each_language_with_what_was_typed(app, forms):
    for _, url, name, headers in forms:
        before = stored()
        for language in LANGUAGES:
            typed = {name: TYPED, PREFIX + name: "", SHOW_AGAIN: "yes"}
            answer = app.post(f"/{language}{url}", data=typed, headers=headers, follow_redirects=False)
            assert answer.status_code == 200, url
            soup = soup_of(answer)
            assert soup.html["lang"] == language
            assert TYPED.strip() in [node.text.strip() for node in soup.select(f"textarea[name={name}]")], url
            assert stored() == before, url


def test_each_button_sends_its_form_to_the_url_of_the_form(app, forms):
    for path, url, _, headers in forms:
        found = soup_of(app.get(path, headers=headers)).select(f"form[action='{url}']:has(button[name={SHOW_AGAIN}])")
        assert len(found) == 1, url
        buttons = found[0].select(f"button[name={SHOW_AGAIN}]")
        assert [(button["lang"], button["formaction"]) for button in buttons] == [
            (language, f"/{language}{url}") for language in LANGUAGES
        ]
