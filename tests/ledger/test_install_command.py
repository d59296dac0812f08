"""The page of the ledger names a command that installs the verifier from a place that its reader can reach."""

from __future__ import annotations

import json
from importlib import metadata

import pytest
from ckanext.opensmartcity.ledger import helpers

PROJECT = "git+https://github.com/opensmartcity/ckanext-opensmartcity"
COMMIT = "6f1c1b9d0f0e4f5b8a7c6d5e4f3a2b1c0d9e8f7a"


@pytest.mark.parametrize(
    ("source", "command"),
    [
        (None, f"pip install {PROJECT}"),
        ({"url": "file:///srv/opensmartcity", "dir_info": {"editable": True}}, f"pip install {PROJECT}"),
        ({"url": "file:///srv/opensmartcity-0.1.0.whl", "archive_info": {}}, f"pip install {PROJECT}"),
        ({"url": "http://10.0.0.7/opensmartcity.whl", "archive_info": {}}, f"pip install {PROJECT}"),
        ({"url": "https://city.example/osc-0.1.0.whl"}, "pip install https://city.example/osc-0.1.0.whl"),
        ({"url": "https://city.example/a;b"}, "pip install 'https://city.example/a;b'"),
        (
            {"url": "https://git.city.example/osc", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            f"pip install git+https://git.city.example/osc@{COMMIT}",
        ),
    ],
)
def test_the_command_names_the_source_of_this_portal(monkeypatch, source, command):
    class Installed:
        metadata = metadata.metadata("ckanext-opensmartcity")

        def read_text(self, name):
            return json.dumps(source) if name == "direct_url.json" and source else None

    monkeypatch.setattr(helpers, "distribution", lambda name: Installed())
    assert helpers.opensmartcity_install_command() == command


@pytest.mark.parametrize("language", ["", "/de", "/es", "/fr", "/nl"])
def test_the_page_has_the_command_in_each_language(app, language):
    body = app.get(f"{language}/transparency/ledger").body
    assert f"{helpers.opensmartcity_install_command()}\nopensmartcity verify" in body
    assert "pip install ckanext-opensmartcity" not in body
