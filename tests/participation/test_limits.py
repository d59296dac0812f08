"""Floods are stopped in a real Valkey: from one address, from many, to one record; and nothing says who it was."""

from __future__ import annotations

import threading

import pytest
import redis
from ckan.lib import redis as ckan_redis
from ckan.lib.redis import connect_to_redis
from ckan.tests.helpers import changed_config
from ckanext.opensmartcity.participation import rate_limit
from ckanext.opensmartcity.views.rate_limit import HOUR, TooManyRequests
from support.participation_city import City, own_keys

POSTS = 10_000
PROXY = {"REMOTE_ADDR": "127.0.0.1"}


def flood(app, address_of, n=POSTS):
    """Send as the limiter sees it: one request after another, each with an address; return how many came through."""
    through = 0
    with app.flask_app.test_request_context("/", environ_overrides=PROXY) as context:
        for number in range(n):
            context.request.environ["HTTP_X_FORWARDED_FOR"] = address_of(number)
            try:
                rate_limit.limit_visitor({})
            except TooManyRequests:
                continue
            through += 1
    return through


def test_of_ten_thousand_posts_what_an_hour_allows_comes_through(app):
    assert flood(app, lambda number: "198.51.100.7", POSTS // 2) == 10
    assert flood(app, lambda number: f"198.52.{number // 256}.{number % 256}", POSTS // 2) == 290


def test_a_made_up_header_gives_no_new_share(app):
    assert flood(app, lambda number: f"192.0.{number // 256}.{number % 256}, 198.51.100.7", 500) == 10


def test_posts_at_once_do_not_slip_through_together(app):
    come, start = [], threading.Barrier(8)

    def send():
        start.wait()
        come.append(flood(app, lambda number: "198.51.100.9", 50))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(come) == 10


def test_a_portal_that_takes_no_more_uses_up_no_share_of_a_visitor(app):
    with changed_config("ckanext.opensmartcity.limit_portal", 1):
        assert flood(app, lambda number: "198.51.100.7", 1) == 1
        assert flood(app, lambda number: "198.51.100.8", 20) == 0
    assert flood(app, lambda number: "198.51.100.8", 20) == 10


def test_a_record_has_a_share_of_its_own(app, city: City):
    with changed_config("ckanext.opensmartcity.limit_record", 2):
        answers = [
            app.post(
                "/api/3/action/governance_question_create",
                json={"id": city.public["id"], "text": "Is this right?"},
                headers={"X-Forwarded-For": f"198.51.100.{n}"},
                environ_overrides=PROXY,
            )
            for n in range(4)
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= HOUR
    assert "this record" in answers[-1].json["error"]["limit"][0]
    assert city.listed(app)["states"] == {"waiting": 2}


def test_a_user_has_a_share_that_nobody_else_can_use_up(app, city):
    with changed_config("ckanext.opensmartcity.limit_portal", 1):
        city.ask(app)
        assert city.act(app, "governance_question_create", id=city.public["id"], text="Again?").status_code == 429
        city.ask(app, role="other_member")


def test_the_page_says_when_to_try_again(app, city):
    with changed_config("ckanext.opensmartcity.limit_address", 1):
        path = f"/dataset/{city.public['name']}/questions"
        sent = [app.post(path, data={"text": "Is this right?"}, follow_redirects=False) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [302, 429]
    assert 0 < int(sent[1].headers["Retry-After"]) <= HOUR
    assert "Is this right?" in sent[1].body
    assert "Please try again in" in sent[1].body


def test_no_address_is_kept_and_every_key_ends(app):
    flood(app, lambda number: "198.51.100.7", 1)
    connection = connect_to_redis()
    keys = list(own_keys())
    assert len(keys) == 3
    assert all(0 < connection.ttl(key) <= 86_400 for key in keys)
    stored = b" ".join([*keys, *(connection.get(key) for key in keys)])
    assert b"198.51" not in stored


def test_a_new_salt_makes_the_same_address_a_stranger(app):
    connection = connect_to_redis()
    flood(app, lambda number: "198.51.100.7", 1)
    before = set(own_keys())
    connection.delete(*(key for key in before if key.endswith(b"salt")))
    flood(app, lambda number: "198.51.100.7", 1)
    after = set(own_keys())
    assert len(after - before) == len(before) - 1  # all but the salt itself


def test_where_valkey_is_down_nothing_is_taken_and_the_page_says_so(app, city, monkeypatch):
    nowhere = redis.ConnectionPool.from_url("redis://127.0.0.1:9/0", socket_connect_timeout=1)
    monkeypatch.setattr(ckan_redis, "_connection_pool", nowhere)
    with (
        app.flask_app.test_request_context("/", environ_overrides=PROXY),
        pytest.raises(TooManyRequests, match="just now"),
    ):
        rate_limit.limit_visitor({})
