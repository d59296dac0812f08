"""A portal with a chosen set of features, and what stays the same whichever they are."""

from __future__ import annotations

import pytest
from ckan import plugins
from ckan.common import config
from ckan.tests import factories
from ckan.tests.helpers import _get_test_app, call_action
from ckanext.opensmartcity.config import FEATURES


@pytest.fixture(scope="module")
def start_portal(reset_db, reset_index):
    """A function that starts a portal with the named features and returns its application."""

    def start(names: str):
        plugins.unload_all()
        config[FEATURES] = names
        return _get_test_app()

    yield start
    plugins.unload_all()
    config[FEATURES] = ""


@pytest.fixture(scope="module")
def records(start_portal, reset_db, reset_index, current_answers):
    """Names of a dataset and an algorithm that every feature has something to show of."""
    start_portal("")
    reset_db()
    reset_index()
    owner = factories.Organization(name="parking")
    algorithm = factories.Dataset(type="algorithm", name="permit-check", owner_org=owner["id"])
    dataset = factories.Dataset(
        name="permits",
        owner_org=owner["id"],
        resources=[{"url": "https://data.example.org/a.csv"}],
        **{**current_answers, "algorithm_use": "in_use", "algorithm_systems": [algorithm["name"]]},
    )
    question = call_action("governance_question_create", {"user": ""}, id=dataset["id"], text="Is it about me?")
    # The change after the answer is the event that followed it.
    call_action("governance_question_answer", id=question["id"], answer="No, it is not.", changes_record=True)
    call_action("package_patch", id=dataset["id"], fitness_alternatives="A questionnaire.")
    story = {"id": dataset["id"], "kind": "use", "title": "It helped", "text": "I found a free place at once."}
    told = call_action("governance_story_create", {"user": ""}, **story)
    call_action("governance_story_moderate", id=told["id"], decision="show")
    return {"dataset": dataset["name"], "algorithm": algorithm["name"]}
