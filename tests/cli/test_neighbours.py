"""Comparison of pages in `make neighbours`: what counts as lost, and which links lead beside the portal."""

import json

import pytest

from benchmarks.neighbours.pages import Page, links_beside_mount, lost_items, read_items
from benchmarks.neighbours.report import Results


def page(body, status=200, media_type="text/html", **values):
    items = read_items(media_type, body.encode())
    given = {"owner": "ckanext.pages.blueprint", "endpoint": "pages.show", "path": "/pages/a", "visitor": "anonymous"}
    return Page(**{**given, "status": status, "location": "", "items": items, **values})


BEFORE = '<p>Three trees</p><a href="/katalog/dataset">Data</a><form action="/katalog/s"><input name="q"></form>'


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        (BEFORE, []),
        (BEFORE + "<p>More</p>", []),
        (f"<div><b>New</b> {BEFORE}</div>", []),
        (BEFORE.replace("Three trees", ""), ["Three trees"]),
        (BEFORE.replace("/dataset", "/other"), ["<a> href=/katalog/dataset"]),
        (BEFORE.replace('name="q"', 'name="r"'), ["<input> name=q"]),
        (
            f"<script>{BEFORE}</script>",
            ["Three trees", "<a> href=/katalog/dataset", "Data", "<form> action=/katalog/s"],
        ),
    ],
)
def test_what_a_page_has_no_longer_is_lost(after, lost):
    assert set(lost) <= set(lost_items(page(BEFORE), page(after)))
    assert bool(lost) == bool(lost_items(page(BEFORE), page(after)))


def test_numbers_and_ids_may_change_and_repeated_items_are_counted():
    first, second = (f"<p>{n} views of 1d8f9a6e-0000-4000-8000-00000000000{n}</p>" for n in (1, 2))
    assert lost_items(page(first), page(second)) == []
    assert lost_items(page("<i>a</i><i>a</i>"), page("<i>a</i>")) == ["a"]


def test_values_of_json_are_compared_by_their_paths():
    before, after = {"result": {"title": "Trees", "tags": ["a"]}}, {"result": {"name": "Trees", "tags": ["a", "b"]}}
    pages = [page(json.dumps(each), media_type="application/json") for each in (before, after)]
    assert lost_items(*pages) == [".result.title=Trees"]


def test_links_beside_the_folder_are_found_in_pages_and_files():
    body = '<a href="/katalog/de/a">A</a><a href="/de/b">B</a><a href="https://c.example/de">C</a><a href="#d">D</a>'
    feed = "<link href='https://portal.example/e'/>\n<link href='https://portal.example/katalog/f'/>"
    found = links_beside_mount([page(body), page(feed, media_type="text/xml")], "https://portal.example", "/katalog")
    assert found == {"pages.show": {"/de/b", "/e"}}


@pytest.mark.parametrize(
    ("after", "failed"),
    [
        (page(BEFORE), False),
        (page(BEFORE, status=404), True),
        (page(BEFORE, location="/katalog/elsewhere"), True),
        (page("<p>Nothing</p>"), True),
    ],
)
def test_the_run_fails_for_another_status_a_lost_redirect_or_lost_content(after, failed):
    before = page(BEFORE)
    results = Results("2.12", {}, {before.key: before}, {after.key: after}, {})
    assert results.failed is failed
    assert ("CHANGED" in results.details() or "LOST" in results.details()) is failed


@pytest.mark.parametrize(("status", "failed"), [(200, False), (404, False), (500, True)])
def test_the_run_fails_for_a_page_of_ours_that_fails(status, failed):
    ours = page("", status=status, owner="ckanext.opensmartcity.city.views", path="/transparency")
    assert Results("2.12", {}, {}, {}, {ours.key: ours}).failed is failed
