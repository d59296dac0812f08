"""What was met in a run is remembered on disk."""

import tracemalloc

from ckanext.opensmartcity.exchange.duplicates import Places


def test_what_is_put_is_found_and_the_last_counts():
    with Places() as places:
        assert places.get("a") is None
        places.put("a", "1")
        places.put("a", "2")
        assert places.get("a") == "2"


def test_two_runs_know_nothing_of_each_other():
    with Places() as one, Places() as other:
        one.put("a", "1")
        assert other.get("a") is None


def test_memory_does_not_grow_with_what_is_remembered():
    with Places() as places:
        tracemalloc.start()
        for number in range(50_000):
            places.put(f"met {number:032d}", f"a/long/path/to/records.jsonl:{number}")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert places.get(f"met {49_999:032d}").endswith(":49999")
    assert peak < 1_000_000
