"""Private and missing records: strangers get the same response for both, on every route of a record."""

import re

import pytest
from ckan import model
from ckan.tests import factories
from ckanext.opensmartcity.plugin import get_blueprints
from support.route_addresses import address, get_rules, of_blueprints

VALUES = {"package_type": "dataset", "group": "privacy", "size": 1, "form": "ttl", "kind": "dataset"}
# Of the same length, so that lengths of responses can be compared too.
MISSING = "a-record-that-is-not-there"
PRIVATE = "a-record-that-is-kept-back"
JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html"}
CHANGING = re.compile(r'(name="_csrf_token" (?:value|content)=")[^"]*')


@pytest.fixture(scope="module")
def routes(portal_app):
    """Paths of all GET routes of a record, with `{id}` in place of its name."""
    of_ours = of_blueprints({each.name for each in get_blueprints()})

    def of_record(rule):
        return {"package_type", "id"} <= rule.arguments or rule.rule.startswith("/dataset/<id>")

    rules = get_rules(portal_app.url_map, lambda rule: of_ours(rule) and of_record(rule))
    return sorted({address(rule, VALUES, "{id}").replace("%7Bid%7D", "{id}") for rule in rules})


def response(app, path, headers):
    """Return status, headers and body, with `NAME` for the record and without what differs in each response."""
    answer = app.get(path, headers=headers, follow_redirects=False)
    kept = {name: value for name, value in answer.headers.items() if name not in ("Date", "ETag", "Set-Cookie")}
    parts = kept | {"status": answer.status_code, "body": CHANGING.sub(r"\1", answer.body)}
    return {
        part: re.sub(f"{PRIVATE}|{MISSING}", "NAME", str(value)) if part != "status" else value
        for part, value in parts.items()
    }


@pytest.mark.parametrize("accept", [JSON, HTML], ids=["json", "html"])
@pytest.mark.parametrize("user", ["nobody", "stranger"])
def test_a_private_record_looks_like_a_missing_one(app, routes, user, accept):
    if not model.Package.get(PRIVATE):
        factories.Dataset(name=PRIVATE, private=True, owner_org=factories.Organization()["id"])
    headers = accept if user == "nobody" else accept | {"Authorization": factories.UserWithToken()["token"]}
    assert len(routes) > 15
    different = {}
    for path in routes:
        private, missing = (response(app, path.format(id=name), headers) for name in (PRIVATE, MISSING))
        assert private["status"] < 500, path
        pairs = {part: (private.get(part), missing.get(part)) for part in private.keys() | missing.keys()}
        different |= {f"{path} {part}": pair for part, pair in pairs.items() if pair[0] != pair[1]}
    assert different == {}
