"""Benchmark runner, its table of results, and the checker's processor time and peak memory (never wall-clock time)."""

import re

import pytest

from benchmarks import __main__ as bench
from benchmarks import checker
from benchmarks.results import Result, merge_rows, page, row, table


@pytest.fixture(scope="module")
def results():
    return list(checker.measure((1_000, 8_000)))


def test_it_checks_more_than_10_000_records_a_minute_on_one_core(results):
    assert [result.case for result in results if result.ratios["the required 10,000 a minute"] < 1] == []


def test_memory_does_not_grow_with_the_file(results):
    assert {result.case.split(",")[0] for result in results} == {"jsonl", "csv"}
    assert [result.case for result in results if result.ratios["the memory of 1,000 records"] > 1.1] == []


def test_the_benchmarks_are_found_by_their_name(monkeypatch, capsys):
    assert "checker" in bench.benchmarks()
    with pytest.raises(SystemExit, match="there is no benchmark chequer"):
        list(bench.run(["chequer"]))


ROW = row("b", Result("x", 100, "records", 2.0, 30.4, {"the other": 1.5, "the least": 20.0}))


def test_all_results_stand_in_one_table_with_their_ratios():
    assert ROW == "| b | x | 50 records | 30 MB | 1.50 × the other; 20.00 × the least |"
    assert ROW in table([ROW]).splitlines()
    assert re.search(r"^Written by `make bench` on \d{4}-\d\d-\d\d\. Machine: Python 3\.\d+", page([ROW]), re.MULTILINE)


def test_the_rows_of_benchmarks_that_did_not_run_are_kept_if_they_are_of_this_machine():
    others = ["| a | z | 1 |", "| a | y | 2 |", "| c | x | 3 |"]
    text = page([*others, "| b | x | old |", "| b | gone | old |"])
    assert merge_rows(text, ["b"], [ROW]) == [*others[:2], ROW, others[2]]
    assert merge_rows(text.replace("Machine: ", "Machine: another "), ["b"], [ROW]) == [ROW]
    assert merge_rows("", [], [ROW]) == [ROW]
