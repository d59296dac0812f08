"""Warning before personal data is published: kinds found in texts, and what only looks like them."""

from __future__ import annotations

import pytest
from ckan.plugins import toolkit as tk
from ckanext.opensmartcity.participation.personal_data import KINDS, kinds_in
from hypothesis import given
from hypothesis import strategies as st

# Invented numbers with valid check digits.
FOUND = [
    ("My number is 111222333, thanks.", "NL", "identification"),
    ("BSN 1112.22.333", "NL", "identification"),
    ("Rijksregister 85.07.30-033 28", "BE", "identification"),
    ("DNI 54362315K", "ES", "identification"),
    ("NIE X-2482300-W", "ES", "identification"),
    ("Steuer-ID 36 574 261 809", "DE", "identification"),
    ("Insee 2 95 10 99 126 111 93", "FR", "identification"),
    ("Insurance number AB 12 34 56 C", "GB", "identification"),
    ("codice RCCMNL83S18D969H", "IT", "identification"),
    ("Pay to NL91 ABNA 0417 1643 00 please", None, "account"),
    ("card 4111 1111 1111 1111", None, "account"),
    ("Call 06 12345678 after six", "NL", "phone"),
    ("Call me: +31 20 123 4567", None, "phone"),
    ("Ring (020) 7946 0958", "GB", "phone"),
    ("Write to jo.doe@example.org!", None, "email"),
]
# Numbers of other things, which people write into questions every day.
LOOK_ALIKES = [
    "The street has 1200 parking places, 35 of them for disabled people.",
    "On 2026-05-31 at 14:30 the camera of Lane 12 was switched off.",
    "Coordinates 52.3702, 4.8952 and postcode 1012 JS.",
    "Decree 2024/1234, article 6(1)(e), page 10-12.",
    "See https://data.example.org/dataset/1c5e2f04-9d53-4f2e-a6a4-4ec0f5b1a6b1",
    "The budget is 1.250.000 euros for 2025 to 2028.",
    "ISO 8601, RFC 9162 and DIN EN 60529.",
    "Permit KV-2023-00127 was refused.",
]


@pytest.mark.parametrize(("text", "region", "kind"), FOUND, ids=[text for text, _, _ in FOUND])
def test_what_is_personal_is_found_and_named_by_its_kind(text, region, kind):
    assert kind in kinds_in(text, region)


@pytest.mark.parametrize("text", LOOK_ALIKES)
@pytest.mark.parametrize("region", [None, "NL", "DE", "GB"])
def test_numbers_of_other_things_give_no_warning(text, region):
    assert kinds_in(text, region) == []


@given(st.text(max_size=400), st.sampled_from([None, "NL", "FR"]))
def test_every_text_is_judged_without_an_error(text, region):
    assert set(kinds_in(text, region)) <= KINDS.keys()


def test_a_long_text_of_digits_is_judged_in_little_time():
    assert kinds_in("1 2-3." * 700, "NL") is not None


@pytest.mark.parametrize(
    ("action", "texts"),
    [
        ("governance_question_create", {"text": "Why am I, 111222333, in this data?"}),
        ("governance_story_create", {"kind": "harm", "title": "Fined", "text": "They wrote to jo@example.org twice."}),
        ("governance_story_create", {"kind": "harm", "title": "Call +31 20 123 4567", "text": "They never answered."}),
    ],
)
def test_the_author_is_warned_and_may_publish_it_all_the_same(app, city, action, texts):
    refused = city.act(app, action, id=city.public["id"], **texts)
    assert refused.status_code == 409
    (message,) = refused.json["error"]["publish_anyway"]
    assert "111222333" not in message
    assert "seems to contain" in message
    sent = city.act(app, action, id=city.public["id"], publish_anyway=True, **texts)
    assert sent.status_code == 200


def test_the_form_keeps_the_text_and_offers_to_confirm(app, city):
    path = f"/dataset/{city.public['name']}/questions"
    text = "Please ring me on +31 20 123 4567."
    answer = app.post(path, data={"text": text}, headers=city.tokens["member"], follow_redirects=False)
    assert answer.status_code == 400
    assert text in answer.body
    assert 'name="publish_anyway"' in answer.body
    sent = {"text": text, "publish_anyway": "true"}
    assert app.post(path, data=sent, headers=city.tokens["member"], follow_redirects=False).status_code == 302
    assert 'name="publish_anyway"' not in app.get(path).body


def test_the_address_for_the_answer_is_no_reason_for_a_warning(app, city):
    assert city.ask(app, email="resident@example.org")["code"]


def test_an_error_of_another_field_comes_first(app, city):
    with pytest.raises(tk.ValidationError) as refused:
        tk.get_action("governance_question_create")({"ignore_auth": True}, {"id": city.public["id"], "text": "?"})
    assert "text" in refused.value.error_dict
