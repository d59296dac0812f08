"""Audit trail: a steward changes an answer, a resident reads the history, an auditor verifies it and detects fraud."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from browser.browsing import NARROW, NARROWEST, WIDE, field, save
from browser.test_accessibility import open_details, too_wide, violations
from ckan import model
from ckan.common import config
from ckanext.opensmartcity.ledger import sequencer, signer
from playwright.sync_api import Locator, Page, expect

MODES = pytest.mark.parametrize(
    ("javascript", "viewport"), [(True, WIDE), (False, NARROW)], ids=["scripts-wide", "no-scripts-narrow"]
)
LANGUAGES = pytest.mark.parametrize("language", ["", "/nl", "/fr"], ids=["en", "nl", "fr"])
SIGNING_KEY = "ckanext.opensmartcity.signing_key"
CHECKPOINT, KEY = "The checkpoint as a file, to keep", "The public key"

SignLog = Callable[[], int]


@pytest.fixture(scope="module")
def sign_log(city, tmp_path_factory) -> SignLog:
    """A function that signs the current log like the job, and returns its size."""
    path = tmp_path_factory.mktemp("keys") / "ledger.pem"
    signer.make_key(path, "city.example/opensmartcity")

    def sign() -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(config, SIGNING_KEY, str(path))
            outcome = sequencer.checkpoint()
        assert outcome.signed, outcome
        return outcome.signed.size

    return sign


@contextmanager
def tampered_event(event_id: str, old: str, new: str) -> Iterator[None]:
    """Rewrite an event as a database owner with the trigger disabled; restore it at the end."""
    body = _rewrite(event_id, lambda body: body.replace(old, new))
    try:
        yield
    finally:
        _rewrite(event_id, lambda _: body)


def _rewrite(event_id: str, change: Callable[[str], str]) -> str:
    """Change the body of an event and return the original."""
    with model.meta.engine.begin() as connection:
        where = {"id": event_id}
        body = connection.execute(sa.text("SELECT body FROM opensmartcity_event WHERE event_id = :id"), where).scalar()
        assert change(body) != body
        connection.execute(sa.text("ALTER TABLE opensmartcity_event DISABLE TRIGGER USER"))
        changed = "UPDATE opensmartcity_event SET body = :body WHERE event_id = :id"
        connection.execute(sa.text(changed), {**where, "body": change(body)})
        connection.execute(sa.text("ALTER TABLE opensmartcity_event ENABLE TRIGGER USER"))
        return body


def download(page: Page, control: Locator, folder: Path) -> Path:
    """Click a download link and save the file under its suggested name."""
    with page.expect_download() as started:
        control.click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def run(command: str, folder: Path) -> tuple[int, str]:
    """Run a command in the folder of the files; return exit code and output."""
    programs = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
    completed = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=programs, capture_output=True, text=True, check=False
    )
    return completed.returncode, completed.stdout + completed.stderr


def command_of(page: Page) -> str:
    """Return the command that a page shows."""
    shown = page.get_by_label("Command", exact=True).inner_text().splitlines()
    return next(line for line in shown if line.startswith("opensmartcity verify"))


def save_checkpoint(page: Page, city, folder: Path) -> tuple[str, str]:
    """Save checkpoint and key as the history page advises; return the size and the command to run later."""
    page.goto(city.url("/transparency/ledger"))
    checkpoint = download(page, page.get_by_role("link", name=CHECKPOINT), folder)
    download(page, page.get_by_role("link", name=KEY), folder)
    return checkpoint.read_text().splitlines()[1], command_of(page)


@MODES
def test_the_walk_from_an_answer_to_its_proof_and_to_a_fraud_found_out(
    as_steward, visit, city, sign_log, tmp_path, javascript, viewport
):
    slug = f"tree-register-{'scripts' if javascript else 'no-scripts'}"
    mode = {"javascript": javascript, "viewport": viewport}
    city.dataset(name=slug, title="Tree register", privacy_class="non_personal", privacy_openness="shared")
    sign_log()
    auditor = visit(**mode)
    kept, command = save_checkpoint(auditor, city, tmp_path)

    steward = as_steward(f"/dataset/{slug}/governance/privacy", **mode)
    field(steward, "privacy_openness").select_option("open")
    save(steward)
    expect(steward.locator(".flash-messages")).to_contain_text("Saved.")
    sign_log()

    resident = visit(f"/nl/dataset/{slug}/transparency", **mode)
    resident.get_by_role("link", name="Wat er is veranderd").click()
    expect(resident.get_by_role("heading", level=1)).to_have_text("Geschiedenis van Tree register")
    newest = resident.locator(".osc-event").first
    expect(newest).to_contain_text("De gemeente heeft “Openheid” veranderd van “Gedeeld met sommigen” in “Open voor ")
    expect(newest).to_contain_text("Mobility Department")
    expect(resident.locator("main")).not_to_contain_text("steward")
    newest.get_by_text("Ervoor en erna").click()
    expect(newest.get_by_role("cell", name="Gedeeld met sommigen")).to_be_visible()
    event_id = newest.get_attribute("id")

    assert download_history(auditor, city, slug, kept, tmp_path).name == f"{slug}-history.jsonl"
    code, output = run(command, tmp_path)
    assert (code, output.split(":")[0]) == (0, "Verified"), output

    with tampered_event(event_id, '"after":"open"', '"after":"closed"'):
        file = download_history(auditor, city, slug, kept, tmp_path)
        code, output = run(command, tmp_path)
        assert code == 1, output
        findings = [line for line in output.splitlines() if line.startswith(f"{slug}-history.jsonl:")]
        line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if event_id in text)
        assert [text for text in findings if f"({event_id})" in text and f".jsonl:{line}: altered" in text], output
        assert f"Failed: {len(findings)} findings." in output

    download_history(auditor, city, slug, kept, tmp_path)
    assert run(command, tmp_path)[0] == 0, "the row is as it was"


def download_history(page: Page, city, slug: str, kept: str, folder: Path) -> Path:
    """Save the history with a consistency proof from a saved checkpoint."""
    page.goto(city.url(f"/dataset/{slug}/transparency/history"))
    page.get_by_label("Did you keep a checkpoint earlier?").fill(kept)
    return download(page, page.get_by_role("button", name="Save the history as a file"), folder)


@MODES
def test_the_proof_of_one_change_is_checked_as_its_page_says(visit, city, sign_log, tmp_path, javascript, viewport):
    slug = f"lamp-posts-{'scripts' if javascript else 'no-scripts'}"
    city.dataset(name=slug, title="Lamp posts")
    sign_log()
    page = visit(f"/dataset/{slug}/transparency/history", javascript=javascript, viewport=viewport)
    event_id = page.locator(".osc-event").get_attribute("id")
    page.get_by_role("link", name=re.compile("^Proof")).click()
    expect(page.get_by_role("heading", name="What this proves")).to_be_visible()
    names = [
        download(page, page.get_by_role("link", name=name), tmp_path).name
        for name in ("This proof as a file", CHECKPOINT, KEY)
    ]
    assert names == [f"{event_id}.json", "checkpoint.txt", "key.txt"]
    code, output = run(command_of(page), tmp_path)
    assert (code, output.split(":")[0]) == (0, "Verified"), output
    proof = tmp_path / f"{event_id}.json"
    document = json.loads(proof.read_text())
    document["event"]["action"] = "update"
    proof.write_text(json.dumps(document))
    code, output = run(command_of(page), tmp_path)
    assert code == 1, output
    assert event_id in output


def test_what_is_no_size_of_a_checkpoint_is_refused_in_words(visit, city, pages):
    page = visit(pages["history"], javascript=False)
    page.get_by_label("Did you keep a checkpoint earlier?").evaluate("field => field.removeAttribute('pattern')")
    page.get_by_label("Did you keep a checkpoint earlier?").fill("the one of May")
    page.get_by_role("button", name="Save the history as a file").click()
    expect(page.get_by_role("article")).to_contain_text("Give the number in the second line of your checkpoint.")


@pytest.fixture(scope="module")
def pages(city, sign_log) -> dict[str, str]:
    """History pages by case: long words, many changes, private periods, and a deleted dataset."""
    title = "Coverings of the Donaudampfschifffahrtsgesellschaftskapitänspromenade"
    address = f"https://city.example/{'a-very-long-address-' * 8}"
    for name, private in (("coverings", False), ("published", True), ("hidden", True), ("purged", False)):
        city.dataset(name=name, title=title, private=private, ownership_mandate=address)
    change(city, "coverings", sovereignty_storage_countries=["NL", "DE"], fitness_purpose="One line.\nAnother line.")
    change(city, "published", private=False)
    secret = newest_event(city, "hidden")
    city.sysadmin.call("dataset_purge", id="purged", reason="It was a copy of another one.")
    sign_log()
    change(city, "coverings", sovereignty_storage_countries=["NL"])
    sign_log()
    sealed = newest_event(city, "coverings")
    change(city, "coverings", fitness_limits="Does not count what lies under leaves.")
    waiting = newest_event(city, "coverings")
    return {
        "history": "/dataset/coverings/transparency/history",
        "history with private times": "/dataset/published/transparency/history",
        "history of a purged dataset": "/dataset/purged/transparency/history",
        "purged dataset": "/dataset/purged/transparency",
        "record": "/transparency/ledger",
        "proof": f"/transparency/ledger/event/{sealed}",
        "proof that waits": f"/transparency/ledger/event/{waiting}",
        "proof of what is not public": f"/transparency/ledger/event/{secret}",
    }


def change(city, name: str, **answers) -> None:
    city.sysadmin.call("package_patch", id=name, **answers)


def newest_event(city, name: str) -> str:
    return city.sysadmin.call("governance_history", id=name)["events"][0]["id"]


@LANGUAGES
def test_axe_finds_nothing_on_the_pages_of_the_record(visit, city, pages, language):
    page = visit()
    for what, path in pages.items():
        page.goto(city.url(language + path))
        open_details(page)
        assert page.locator("html").get_attribute("lang") == (language.strip("/") or "en")
        assert violations(page) == "", what


@LANGUAGES
def test_the_pages_of_the_record_never_scroll_sideways(visit, city, pages, language):
    page = visit(viewport=NARROWEST)
    for what, path in pages.items():
        page.goto(city.url(language + path))
        open_details(page)
        assert too_wide(page) == [], what


@MODES
def test_a_purged_dataset_leaves_a_page_that_says_when_and_why(visit, city, pages, javascript, viewport):
    page = visit(javascript=javascript, viewport=viewport)
    for path, status in ((pages["purged dataset"], 410), (pages["history of a purged dataset"], 200)):
        assert page.goto(city.url(path)).status == status
        note = page.get_by_role("note")
        expect(note).to_contain_text("This was removed for good. That was on ")
        expect(note).to_contain_text("The reason given: It was a copy of another one.")
        expect(page.locator(".osc-event h2")).to_have_text(
            ["Removed for good", "A change of something that was removed"]
        )
        expect(page.locator("head meta[name=robots]")).to_have_attribute("content", "noindex")
    page.goto(city.url("/nl" + pages["purged dataset"]))
    expect(page.get_by_role("note")).to_contain_text("Dit is definitief verwijderd.")


def test_what_was_private_is_shown_as_a_change_without_its_words(visit, pages):
    page = visit(pages["history with private times"])
    expect(page.locator(".osc-event h2").last).to_have_text("A change that is not public")
    expect(page.locator(".osc-event").first).to_contain_text("Everybody can see this now.")
    page.goto(page.url.replace("/dataset/published/transparency/history", pages["proof of what is not public"]))
    expect(page.locator("main")).to_contain_text("This change is not public, but there is proof that it was made.")
    expect(page.locator("main")).not_to_contain_text("Coverings")


def test_paper_shows_the_changes(visit, pages):
    page = visit(pages["history"])
    open_details(page)
    parts = page.locator("h1, .osc-event h2, .osc-when, .osc-sentence, .osc-pairs td, .osc-pairs th")
    assert parts.count() > 20
    page.emulate_media(media="print")
    assert [part.inner_text() for part in parts.all() if not part.is_visible()] == []
    assert not page.locator(".osc-kept").is_visible()
