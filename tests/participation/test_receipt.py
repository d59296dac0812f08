"""The page for a receipt code: people read, download and delete what they wrote (data subject rights)."""

from __future__ import annotations

import pytest

PAGE = "/transparency/receipt"
EMAIL = "resident@example.org"


def send(app, city, code, step="", role="member"):
    return app.post(PAGE, data={"code": code, "step": step}, headers=city.tokens[role], follow_redirects=False)


def test_the_code_shows_what_was_written_and_the_stored_address(app, city):
    asked = city.ask(app, "How many bicycles pass at noon?", email=EMAIL)
    answer = send(app, city, asked["code"].upper().replace("-", " "), role="anonymous")
    assert "How many bicycles pass at noon?" in answer.body
    assert EMAIL in answer.body
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_download_holds_everything(app, city):
    told = city.tell(app)
    answer = send(app, city, told["code"], "export")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    (row,) = answer.json
    assert (row["kind"], row["id"], row["title"]) == ("story", told["id"], "Found a safer way to school")


def test_deleting_removes_text_answer_and_address(app, city):
    asked = city.ask(app, email=EMAIL)
    city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="About fifty.")
    assert send(app, city, asked["code"], "delete").status_code == 302
    assert city.listed(app)["questions"] == []
    again = send(app, city, asked["code"])
    assert again.status_code == 400
    assert "nothing under this code" in again.body


@pytest.mark.parametrize("code", ["", "-", "x" * 151, "\0", "zzzz-zzzz-zzzz-zzzz", "' OR 1=1 --"])
def test_a_wrong_code_shows_and_deletes_nothing(app, city, code):
    city.ask(app)
    for step in ("", "export", "delete"):
        answer = send(app, city, code, step)
        assert answer.status_code == 400
        assert "bicycles" not in answer.body
    assert len(city.listed(app, "editor")["questions"]) == 1


def test_codes_cannot_be_tried_without_limit(app, city):
    from ckan.tests.helpers import changed_config  # noqa: PLC0415

    with changed_config("ckanext.opensmartcity.limit_address", 3):
        statuses = [send(app, city, "zzzz-zzzz-zzzz-zzzz").status_code for _ in range(5)]
    assert statuses == [400, 400, 400, 429, 429]


def test_the_pages_of_questions_and_stories_lead_to_it(app, city):
    for page in ("questions", "stories"):
        assert f'href="{PAGE}"' in app.get(f"/dataset/{city.public['name']}/{page}").body
