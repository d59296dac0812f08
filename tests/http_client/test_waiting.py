"""Retry-After, the rate limit per host, and the back-off after failed checks."""

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from ckanext.opensmartcity.http_client.errors import FetchError
from ckanext.opensmartcity.http_client.politeness import (
    MAX_RETRY_AFTER,
    MIN_RETRY_AFTER,
    RateLimiter,
    next_check,
    retry_after,
)
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", timedelta(minutes=2)),
        ("0", MIN_RETRY_AFTER),
        ("9" * 50, MAX_RETRY_AFTER),
        ("Mon, 01 Jun 2026 13:00:00 GMT", timedelta(hours=1)),
        ("Mon, 01 Jun 2020 13:00:00 GMT", MIN_RETRY_AFTER),
        ("Mon, 01 Jun 2099 13:00:00 GMT", MAX_RETRY_AFTER),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("１２０", None),
    ],
)
def test_retry_after_is_parsed_and_limited(text, expected):
    assert retry_after({"Retry-After": text}, NOW) == expected


@given(st.text(max_size=60))
def test_any_retry_after_is_none_or_within_the_limits(text):
    delay = retry_after({"Retry-After": text}, NOW)
    assert delay is None or MIN_RETRY_AFTER <= delay <= MAX_RETRY_AFTER


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 3)), max_size=40), st.floats(0, 3))
def test_requests_to_a_host_are_never_closer_than_the_delay(steps, delay):
    now, turns = [0.0], {}

    def sleep(seconds):
        now[0] += seconds

    rate_limiter = RateLimiter(delay, clock=lambda: now[0], sleep=sleep)
    for host, passed in steps:
        now[0] += passed
        rate_limiter.wait(host)
        turns.setdefault(host, []).append(now[0])
    for times in turns.values():
        assert all(later - earlier >= delay - 1e-6 for earlier, later in pairwise(times))


def test_a_slot_that_is_too_far_away_raises():
    rate_limiter = RateLimiter(1, clock=lambda: 0.0, sleep=lambda seconds: None)
    rate_limiter.hold("slow.example", 3600)
    with pytest.raises(FetchError) as refused:
        rate_limiter.wait("slow.example")
    assert refused.value.wait == 3600


@pytest.mark.parametrize(
    ("state", "failures", "days"),
    [("reached", 0, 7), ("unchecked", 0, 7), ("failed", 1, 1), ("failed", 2, 2), ("failed", 3, 4), ("failed", 99, 7)],
)
def test_failed_links_are_checked_with_exponential_back_off(state, failures, days):
    assert next_check(state, failures, 7) == timedelta(days=days)
