"""Versions of the standard: required steps, changelog notes and stored snapshots."""

import json
from dataclasses import replace

import pytest
from ckanext.opensmartcity.standard import SourceError, list_standard, load_standard, shipped_folder, standard_digest
from ckanext.opensmartcity.standard.release import freeze, frozen_now, problems, released_in, wrong_notes
from ckanext.opensmartcity.standard.serialize import list_content
from ckanext.opensmartcity.standard.versions import bump_between, bump_of, compare, frozen, next_version, snapshot
from hypothesis import given
from hypothesis import strategies as st


def test_nobody_changes_the_standard_without_a_version_and_a_note(standard):
    assert list(problems(standard, released_in(shipped_folder()))) == []


def test_the_changelog_names_the_digest_that_the_api_gives(standard):
    assert standard.changelog[0].version == standard.version
    assert standard.changelog[0].digest == standard_digest(standard)


def test_the_digest_does_not_cover_the_changelog(standard):
    standard_digest.cache_clear()
    assert standard_digest(replace(standard, changelog=())) == standard_digest(standard)


def test_every_version_of_the_changelog_is_kept_with_its_digest(standard):
    for version in standard.changelog:
        text = (shipped_folder() / "released" / f"{version.version}.json").read_text(encoding="utf-8")
        assert json.loads(text)["digest"] == version.digest
        assert len(text) < 80_000


def test_the_listing_has_the_changelog_in_the_language_of_the_reader(standard):
    listed = list_standard(standard, str.upper)["changelog"]
    assert [version["version"] for version in listed] == ["1.0.0", "0.9.0"]
    assert listed[0]["title"] == "THE FIRST VERSION"
    assert {"version", "date", "digest", "title", "added", "changed", "removed"} == set(listed[0])
    assert all(note["message"].isupper() and note["what"] for note in listed[0]["added"])


# Changes of the small standard, and the version step that each requires.
EDITS = {
    "nothing": ([], "none"),
    "a label": ([("dataset.yaml", "label: Use", "label: Usage")], "patch"),
    "a question": ([("dataset.yaml", "question: ", "question: Well, ")], "patch"),
    "a title of a rule": ([("rules.yaml", "title: ", "title: The ")], "patch"),
    "the name of the standard": ([("standard.yaml", "name: ", "name: The ")], "patch"),
}


@pytest.fixture
def edited(small):
    """Return what changes when files of the small standard are edited."""

    def edited(*edits):
        before = snapshot(list_content(small.load()))
        for file, old, new in edits:
            small.change(file, old, new)
        after = snapshot(list_content(small.load()))
        assert list(compare(frozen(before), frozen(after))) or before == after
        return list(compare(frozen(before), frozen(after)))

    return edited


@pytest.mark.parametrize(("edits", "bump"), EDITS.values(), ids=EDITS.keys())
def test_words_alone_need_a_patch(edited, edits, bump):
    assert bump_of(edited(*edits)) == bump


def listing_with(standard, change):
    listing = json.loads(json.dumps(list_content(standard)))
    change(listing)
    return snapshot(listing)


def field(listing, name):
    return next(entry for entry in listing["fields"] if entry["name"] == name)


def rule(listing, name):
    return next(entry for entry in listing["rules"] if entry["id"] == name)


def codes(listing, name):
    return next(entry for entry in listing["vocabularies"] if entry["id"] == name)["codes"]


def added(listing, obligation):
    listing["fields"].append({**field(listing, "fitness_limits"), "name": "fitness_new", "obligation": obligation})


STEPS = {
    "a new optional question": (lambda s: added(s, None), "minor"),
    "a new required question": (lambda s: added(s, "always"), "major"),
    "a question is gone": (lambda s: s["fields"].remove(field(s, "fitness_alternatives")), "major"),
    "a question with another name": (lambda s: field(s, "fitness_limits").update(name="fitness_bounds"), "major"),
    "another kind of answer": (lambda s: field(s, "ownership_owner").update(type="long_text"), "major"),
    "another term": (lambda s: field(s, "ownership_owner").update(iri="https://x.example/"), "major"),
    "required from now on": (lambda s: field(s, "ownership_mandate").update(obligation="always"), "major"),
    "no longer required": (lambda s: field(s, "ownership_owner").update(obligation=None), "minor"),
    "in another group": (lambda s: field(s, "ownership_owner").update(group="fitness"), "minor"),
    "a new code": (lambda s: codes(s, "algorithm_use").append({**codes(s, "algorithm_use")[0], "code": "n"}), "minor"),
    "a code is gone": (lambda s: codes(s, "algorithm_use").pop(), "major"),
    "a code of another term": (lambda s: codes(s, "algorithm_use")[0].update(iri="https://x.example/"), "major"),
    "a code defined in other words": (lambda s: codes(s, "algorithm_use")[0].update(definition="Other."), "minor"),
    "a code with another label": (lambda s: codes(s, "algorithm_use")[0].update(label="Other"), "patch"),
    "a new error": (lambda s: s["rules"].append({**rule(s, "OSC-050"), "id": "OSC-999"}), "major"),
    "a new concern": (lambda s: s["rules"].append({**rule(s, "OSC-051"), "id": "OSC-999"}), "minor"),
    "a rule is gone": (lambda s: s["rules"].remove(rule(s, "OSC-050")), "minor"),
    "a concern becomes an error": (lambda s: rule(s, "OSC-051").update(severity="error"), "major"),
    "an error becomes a concern": (lambda s: rule(s, "OSC-050").update(severity="concern"), "minor"),
    "an error in other cases": (lambda s: rule(s, "OSC-050").update(cases=[]), "major"),
    "another namespace": (lambda s: s.update(namespace="https://x.example/"), "major"),
    "a new question for residents": (lambda s: s["groups"][0].update(question="Who?"), "patch"),
}


@pytest.mark.parametrize(("change", "bump"), STEPS.values(), ids=STEPS.keys())
def test_each_change_needs_its_step(standard, change, bump):
    before, after = listing_with(standard, lambda listing: None), listing_with(standard, change)
    assert bump_of(compare(before, after)) == bump
    assert bump_of(compare(frozen(before), frozen(after))) == bump
    assert list(compare(before, before)) == []


versions = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)).map("{0[0]}.{0[1]}.{0[2]}".format)


@given(versions, st.sampled_from(["patch", "minor", "major"]))
def test_the_next_version_is_exactly_that_step_away(version, bump):
    step = bump_between(version, next_version(version, bump))
    assert step == ("major" if version.startswith("0.") and bump == "minor" else bump)
    assert bump_between(version, version) == "none"
    assert bump_between(next_version(version, bump), version) == "none"


@pytest.fixture
def small_released(small):
    """The small standard with a changelog, stored as version 1.0.0, with methods to change and release it."""
    return _Released(small)


class _Released:
    def __init__(self, small):
        self.small = small
        self.entries = [[small.load().version, "unreleased", "First", []]]
        self.save()
        self.freeze()

    def save(self):
        lines = ["versions:"]
        for version, date, title, notes in self.entries:
            lines += [f"  - version: {version}", f'    date: "{date}"', "    digest: none", f"    title: {title}"]
            lines += (
                ["    changed:", *(f"      - {{what: {what}, message: Changed.}}" for what in notes)] if notes else []
            )
        (self.small.folder / "changelog.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def freeze(self):
        freeze(self.small.load(), self.small.folder)

    def problems(self):
        return list(problems(self.small.load(), released_in(self.small.folder)))

    def notes(self):
        return list(wrong_notes(self.small.load(), released_in(self.small.folder)))


def test_what_is_frozen_has_no_problem(small_released):
    assert small_released.problems() == []


def test_changed_words_of_a_version_in_preparation_ask_for_a_note_and_a_new_digest(small_released):
    small_released.small.change("dataset.yaml", "label: ", "label: My ")
    (problem,) = small_released.problems()
    assert "note what changed" in problem
    assert "make standard-version" in problem
    small_released.freeze()
    assert small_released.problems() == []


def test_changed_words_of_a_released_version_ask_for_the_next_version(small_released):
    released = small_released
    text = (released.small.folder / "changelog.yaml").read_text(encoding="utf-8")
    (released.small.folder / "changelog.yaml").write_text(
        text.replace('"unreleased"', '"2026-06-01"'), encoding="utf-8"
    )
    assert released.problems() == []
    version = released.small.load().version
    released.small.change("dataset.yaml", "label: ", "label: My ")
    (problem,) = released.problems()
    assert "was released on 2026-06-01" in problem
    assert f"Write {next_version(version, 'patch')} or later" in problem


def test_a_step_that_is_too_small_and_a_note_that_is_missing_or_wrong_are_told(small_released):
    released, version = small_released, small_released.small.load().version
    later = next_version(version, "patch")
    released.small.change("dataset.yaml", "preset: opensmartcity_text\n", "preset: opensmartcity_long_text\n")
    released.small.change("standard.yaml", f"version: {version}", f"version: {later}")
    released.entries.insert(0, [later, "unreleased", "Second", ["field not_changed"]])
    released.save()
    step, missing, wrong = released.notes()
    assert "need a major one" in step
    assert "add a note with 'what: field " in missing
    assert wrong.startswith("field not_changed is unchanged")


def test_the_changelog_and_the_standard_say_the_same_version(small_released):
    version = small_released.small.load().version
    small_released.small.change("standard.yaml", f"version: {version}", "version: 7.0.0")
    (problem,) = small_released.problems()
    assert "use the same version in both" in problem


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("versions:\n  - {version: one, date: unreleased, title: T}\n", "semantic version"),
        ("versions:\n  - {version: 1.0.0, date: soon, title: T}\n", "'date' must be"),
        ("versions:\n  - {version: 1.0.0, date: unreleased, titel: T}\n", "did you mean 'title'"),
        ("versions: []\n", "must be a list"),
        ("versions:\n  - {version: 1.0.0, date: unreleased, title: T, added: [{what: [], message: M}]}\n", "'what'"),
    ],
)
def test_a_mistake_in_a_changelog_is_told_with_file_and_line(small, text, reason):
    (small.folder / "changelog.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"changelog.yaml:\d+: ") as caught:
        small.load()
    assert reason in str(caught.value)


def test_a_city_puts_its_own_versions_before_ours(tmp_path, standard):
    text = 'versions:\n  - {version: 1.0.0+zuiderhaven.1, date: "2026-06-01", title: Ours}\n'
    (tmp_path / "changelog.yaml").write_text(text, encoding="utf-8")
    theirs = load_standard(shipped_folder(), tmp_path)
    assert [version.version for version in theirs.changelog] == ["1.0.0+zuiderhaven.1", "1.0.0", "0.9.0"]


def test_what_is_kept_of_the_current_version_is_the_current_version(standard):
    assert released_in(shipped_folder())(standard.version) == frozen_now(standard)
