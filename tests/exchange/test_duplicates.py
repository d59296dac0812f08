"""Duplicate detection index: lookup, isolation between runs, and constant memory."""

import tracemalloc

from ckanext.opensmartcity.exchange.duplicates import DuplicateIndex


def test_the_last_value_of_a_key_counts():
    with DuplicateIndex() as index:
        assert index.get("a") is None
        index.put("a", "1")
        index.put("a", "2")
        assert index.get("a") == "2"


def test_two_runs_share_nothing():
    with DuplicateIndex() as first, DuplicateIndex() as second:
        first.put("a", "1")
        assert second.get("a") is None


def test_memory_does_not_grow_with_the_number_of_keys():
    with DuplicateIndex() as index:
        tracemalloc.start()
        for number in range(50_000):
            index.put(f"met {number:032d}", f"a/long/path/to/records.jsonl:{number}")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert index.get(f"met {49_999:032d}").endswith(":49999")
    assert peak < 1_000_000
