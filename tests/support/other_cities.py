"""Portals of other cities as local servers give them: one with the plugin, one that is a CKAN without it."""

from __future__ import annotations

import json

from support.misbehaving_server import reply

CITY = {
    "as_of": "2026-05-30",
    "standard": {"version": "1.0.0", "digest": "sha256:abc"},
    "city": "Noorderhaven <b>",
    "total": 40,
    "characteristics": [
        {
            "id": "accountable",
            "label": "Open and answerable",
            "question": "Does somebody answer?",
            "figures": [
                {
                    "id": "owner",
                    "title": "Datasets with a responsible organisation",
                    "definition": "The record names the organisation that answers for the data.",
                    "count": 17,
                    "of": 23,
                },
                {"id": "contact", "title": "Contacts", "definition": "Any <i>phone</i> counts.", "count": 0, "of": 0},
                {"id": "theirs", "title": "Their own", "definition": "Something else.", "count": 1, "of": 1},
            ],
        }
    ],
}


def answer(value):
    return reply(200, json.dumps(value).encode(), Content_Type="application/json")


def stock(count=50, title="Old portal"):
    """Return a script that answers as a CKAN without our plugin."""

    def search(connection, method, headers, path):
        facets = {"res_format": {"CSV": 5, "GeoJSON": 3, "PDF": 9}, "license_id": {"cc-by": 30, "notspecified": 20}}
        counts = {"res_format": 7, "organization": 48, "metadata_modified": 12}
        found = next((n for name, n in counts.items() if f"%2B{name}" in path), count)
        return answer({"success": True, "result": {"count": found, "results": [], "facets": facets}})

    return {
        "*": reply(404),
        "/api/3/action/status_show": answer({"success": True, "result": {"site_title": title}}),
    }, search


class StockServer(dict):
    """A script whose searches depend on what is asked."""

    def __init__(self, script, search):
        super().__init__(script)
        self.search = search

    def get(self, path, default=None):
        if path.startswith("/api/3/action/package_search"):
            return lambda connection, method, headers: self.search(connection, method, headers, path)
        return super().get(path, default)
