"""Random requests to all actions and pages, as a visitor and as a steward: none may be an error of the portal.

`make test` sends the same few hundred each time. `make fuzz-requests` sends new ones, 50,000 or as many as OSC_REQUESTS
says, half of them to actions and half to pages; each error that it finds becomes a case of its own.
"""

from __future__ import annotations

import json
import os
import traceback
from collections import Counter
from urllib.parse import quote, urlencode

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import config
from ckanext.opensmartcity.feature import declaration_of
from ckanext.opensmartcity.openapi.parameters import read_docstring
from ckanext.opensmartcity.plugin import get_blueprints
from ckanext.opensmartcity.registry import get_actions
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

REQUESTS = int(os.environ.get("OSC_REQUESTS", "600"))
SETTINGS = settings(
    max_examples=REQUESTS // 2,
    derandomize="OSC_REQUESTS" not in os.environ,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Limits that many requests would meet, so that they reach what is behind.
UNLIMITED = ("limit_address", "limit_record", "limit_portal", "limit_check")
WRITES = "package_patch"

EDGES = [
    *("", " ", "\0", "\ud800", "a\0b", "\ufeff", "\u202e", "null", "NaN", "true", "-1", "0", "1", "9" * 30, "9" * 5000),
    *("0001-01-01", "9999-12-31", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-02-30", "24:00"),
    *("P5Y", "P999999999Y", "PT0S", "en", "xx", "../../etc/passwd", "<b>x</b>", "{{7*7}}", "%s%n", "a" * 10_000),
    *("*:*", "*", '"', "(", ")", "(" * 45, "a AND (", "[* TO", "[a TO b]", "{!lucene}x", "/(((/", "a:b:c", "-", "a OR"),
    *("vocab_privacy_class:*", "vocab_governance_level:current", "metadata_modified:[NOW TO *]", "~", "a~9999", "\\"),
    *("00000000-0000-0000-0000-000000000000", "[]", "{}", "[[[]]]", '{"a": {"state": []}}', "https://a.example/\u00a0"),
    *("http://[::1", "https://x@y", "mailto:a@b", "tel:+31", "a@b.example", "urn:x:y"),
]
# Query and form parameters of the pages.
PARAMETERS = [
    *("limit", "cursor", "q", "fq", "lang", "state", "kind", "organization", "level", "group", "missing", "concern"),
    *("overdue", "id", "options", "kept", "figure", "rest", "page", "sort", "save", "take", "text", "email", "title"),
    *("link", "answer", "reason", "decision", "privacy_class", "declared-privacy_class", "website", "by", "type"),
]
TEXTS = st.one_of(st.sampled_from(EDGES), st.text(st.characters(), max_size=30))
NUMBERS = st.one_of(
    st.integers(-3, 150),
    st.sampled_from([2**31, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30, 10**400]),
    st.floats(allow_nan=True, allow_infinity=True),
)
# Values that parameters of this name take, so that requests get past the validation of the others.
VALID = {
    "by": ["group", "level,organization", ["organization"]],
    "changes_record": [True],
    "decision": ["publish", "hide"],
    "fq": ["vocab_governance_level:silent"],
    "group": ["privacy"],
    "include_private": [True],
    "kind": ["use", "harm"],
    "lang": ["de", "en", "es", "fr", "nl"],
    "level": ["silent", "started", "answered", "current"],
    "limit": [1, 20],
    "missing": ["privacy_class"],
    "overdue": ["review", "disposal", True],
    "q": ["bicycles"],
    "since": ["2026-05-03"],
    "size": [1],
    "state": ["open", "answered"],
    "text": ["Is this about me?"],
    "to_do": [True],
    "type": ["dataset", "algorithm"],
}
JUNK = st.recursive(
    st.one_of(TEXTS, NUMBERS, st.none(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=8,
)


def parameters(name, action):
    """Return the names of the parameters of an action, from its schema or else its docstring."""
    declared = declaration_of(action)
    if declared.schema:
        return sorted(declared.schema())
    return [parameter.name for parameter in read_docstring(action).parameters]


@pytest.fixture(scope="module")
def city(emptied, current_answers):
    """An organisation with its steward, two records, a question, a story, and the ids of all these."""
    steward = factories.UserWithToken()
    owner = factories.Organization(users=[{"name": steward["name"], "capacity": "admin"}])
    dataset = factories.Dataset(owner_org=owner["id"], **current_answers)
    algorithm = factories.Dataset(type="algorithm", owner_org=owner["id"])
    question = call_action("governance_question_create", {"user": ""}, id=dataset["id"], text="Is it about me?")
    told = {"id": dataset["id"], "kind": "use", "title": "It helped", "text": "I found a free place at once."}
    story = call_action("governance_story_create", {"user": ""}, **told)
    event = call_action("governance_history", id=dataset["id"])["events"][0]
    ids = [owner["name"], dataset["name"], dataset["id"], algorithm["name"], question["id"], story["id"], event["id"]]
    return {
        "ids": ids,
        "dataset": dataset["name"],
        "users": {"visitor": {}, "steward": {"Authorization": steward["token"]}},
    }


@pytest.fixture
def unlimited(monkeypatch, ckan_config):
    for name in UNLIMITED:
        monkeypatch.setitem(ckan_config, f"ckanext.opensmartcity.{name}", 10**9)


def value_of(name):
    return st.one_of(st.sampled_from(VALID[name]), JUNK) if name in VALID else JUNK


@st.composite
def calls(draw, city):
    """Draw user, action, data and the way in which it is sent."""
    actions = get_actions()
    name = draw(st.sampled_from([*sorted(actions), "governance_check", WRITES]))
    fields = [*draw(st.sampled_from(list(config.standard().records.values()))).fields, "governance_declared"]
    known = draw(st.lists(st.sampled_from(fields), max_size=3)) if name in ("governance_check", WRITES) else []
    known += parameters(name, actions[name]) if name != WRITES else ["id"]
    if name == "governance_check":
        known += ["extras", "resources", "isopen", "license_id", "private", "tags"]
    data = {each: draw(value_of(each)) for each in known if draw(st.integers(0, 9)) < 6}
    for each in [name for name in ("event", "id", "organization", "patch_of") if name in known]:
        if draw(st.booleans()):
            data[each] = draw(st.sampled_from(city["ids"]))
    if name == WRITES:
        data["id"] = city["dataset"]
    elif draw(st.integers(0, 9)) == 0:
        data[draw(TEXTS)] = draw(JUNK)
    reads = getattr(actions.get(name), "side_effect_free", False)
    ways = ["json", "json", "form", "query"] if reads else ["json", "json", "form"]
    return draw(st.sampled_from(sorted(city["users"]))), name, data, draw(st.sampled_from(ways))


def encoded(data):
    """Return data as a query string; a surrogate becomes bytes that are no text."""
    return urlencode(
        [(name, value if isinstance(value, str) else json.dumps(value)) for name, value in data.items()],
        errors="surrogatepass",
    )


HEALTH = "/transparency/health"


class Answers:
    """Statuses of all answers, and the requests that were answered by an error of the portal."""

    def __init__(self):
        self.statuses, self.errors = Counter(), []

    def _fail(self, request, answer):
        self.errors.append((request, answer))
        print(f"{request!r:.3000}\n{answer}\n", flush=True)  # noqa: T201

    def add(self, request, send, check=lambda answer: True):
        """Send a request and record its answer; an exception that leaves the app is an error too."""
        try:
            answer = send()
        except Exception:  # noqa: BLE001  (whatever it is, the web server would answer 500)
            self.statuses["exception"] += 1
            self._fail(request, traceback.format_exc()[-2_000:])
            return
        self.statuses[answer.status_code] += 1
        if self.statuses.total() % 1_000 == 0:
            self.count()
        # The health of a portal with a finding is 503.
        failed = answer.status_code >= 500 and not (answer.status_code == 503 and HEALTH in str(request[2]))
        if failed or not check(answer):
            self._fail(request, answer.body[:500])

    def count(self):
        """Print how many requests were answered with which status, for who waits for `make fuzz-requests`."""
        print(f"{self.statuses.total()}: {dict(sorted(self.statuses.items(), key=str))}", flush=True)  # noqa: T201

    def report(self):
        """Fail if there was an error."""
        self.count()
        assert not self.errors, f"{len(self.errors)} errors, the first: {self.errors[0]!r:.5000}"


def test_no_call_of_an_action_is_an_error_of_the_portal(app, city, unlimited):
    answers = Answers()

    @SETTINGS
    @given(calls(city))
    def send(call):
        user, name, data, way = call
        path, headers = f"/api/3/action/{name}", city["users"][user]
        if way == "query":
            answers.add(call, lambda: app.get(f"{path}?{encoded(data)}", headers=headers), is_json)
            return
        content_type = "application/json" if way == "json" else "application/x-www-form-urlencoded"
        body = (json.dumps(data) if way == "json" else encoded(data)).encode()
        answers.add(call, lambda: app.post(path, data=body, content_type=content_type, headers=headers), is_json)

    send()
    answers.report()


def is_json(answer):
    return answer.json is not None


@st.composite
def requests(draw, city, rules):
    """Draw user, method, path and parameters of a page or file."""
    rule = draw(st.sampled_from(rules))
    method = draw(st.sampled_from(sorted(rule.methods & {"GET", "POST"})))
    junk = TEXTS.map(lambda text: quote(text, safe="", errors="surrogatepass"))
    path = rule.rule
    for converter in ("governed:package_type", "any(dataset, algorithm):record_type"):
        path = path.replace(f"<{converter}>", draw(st.sampled_from(["dataset", "algorithm"])))
    path = path.replace("<any(csv, jsonl):form>", draw(st.sampled_from(["csv", "jsonl"])))
    while "<" in path:
        before, _, rest = path.partition("<")
        converter, _, after = rest.partition(">")
        valid = city["ids"] if "int:" not in converter else ["1"]
        value = draw(st.one_of(st.sampled_from(valid), st.sampled_from(["privacy", "ownership"]), junk))
        path = before + (value or "x") + after
    sent = draw(st.lists(st.sampled_from(PARAMETERS), max_size=4, unique=True))
    given = {name: draw(st.one_of(st.sampled_from(VALID[name]), TEXTS) if name in VALID else TEXTS) for name in sent}
    accept = draw(st.sampled_from(["text/html", "application/json", "text/turtle", "*/*;q=x", "\u00e9"]))
    return draw(st.sampled_from(sorted(city["users"]))), method, path, given, accept


def test_no_request_to_a_page_is_an_error_of_the_portal(app, city, unlimited):
    ours = {each.name for each in get_blueprints()}
    rules = [rule for rule in app.flask_app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in ours]
    answers = Answers()

    @SETTINGS
    @given(requests(city, rules))
    def send(request):
        user, method, path, data, accept = request
        options = {"headers": city["users"][user] | {"Accept": accept}, "follow_redirects": False}
        if method == "GET":
            answers.add(request, lambda: app.get(f"{path}?{encoded(data)}", **options))
            return
        options |= {"data": encoded(data).encode(), "content_type": "application/x-www-form-urlencoded"}
        answers.add(request, lambda: app.post(path, **options))

    send()
    answers.report()
