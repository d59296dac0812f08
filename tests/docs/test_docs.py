"""The pages name what there is: options, actions, rules, dependencies, commands, variables; and their links lead on."""

import ast
import json
import re
from pathlib import Path

import pytest
import yaml
from ckanext.opensmartcity.governance.dictize import dictize_assessment
from ckanext.opensmartcity.standard import LEVELS, AnswerType, Settings, assess, language
from ckanext.opensmartcity.standard.conditions import _COMPARISONS, _FLAGS
from ckanext.opensmartcity.standard.facts import FACTS
from ckanext.opensmartcity.standard.jsonld_context import json_ld_context
from ckanext.opensmartcity.standard.migration import VERSION_FIELD

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ckanext-opensmartcity" / "ckanext" / "opensmartcity"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")])
READERS = ("stewards", "residents", "auditors", "administrators", "developers")
FACETS = {"code", "codes", "country", "countries", "jurisdictions"}

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
VARIABLE = re.compile(r"\bOSC_[A-Z]+(?:_[A-Z]+)*\b")
TARGET = re.compile(r"\bmake ([a-z][a-z0-9-]*)")


def page(name):
    return (ROOT / name).read_text(encoding="utf-8")


def prose(text):
    return FENCE.sub("", text)


def blocks(text, *languages):
    return [body for kind, body in FENCE.findall(text) if kind in languages]


def anchors(text):
    """Return the addresses that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def not_named(wanted, text, mark="`{}`"):
    return sorted(name for name in wanted if mark.format(name) not in text)


def requirements():
    """Return the names of the packages that setup.py asks for."""
    lists = [node for node in tree(ROOT / "setup.py").body if isinstance(node, ast.Assign)]
    named = {node.targets[0].id: node.value for node in lists}
    entries = [entry for name in ("PLUGIN", "DCAT", "PORTAL", "TEST") for entry in ast.literal_eval(named[name])]
    return {re.match(r"[\w.-]+", entry)[0] for entry in entries}


def actions():
    """Return the names of the actions, without importing CKAN."""
    bodies = [tree(path).body for path in (PACKAGE / "logic" / "action").glob("*.py")]
    names = (getattr(node, "name", "") for body in bodies for node in body)
    return sorted(name for name in names if name.startswith("governance_"))


def search_fields():
    """Return the names of what the search index holds beside answers, without importing CKAN."""
    values = (node.value for node in ast.walk(tree(PACKAGE / "logic" / "facets.py")) if isinstance(node, ast.Constant))
    return {value for value in values if isinstance(value, str) and re.fullmatch(r"\w+_\w+_\w+", value)}


def targets():
    """Return the commands of the Makefile."""
    return {name for line in re.findall(r"^\.PHONY:(.+)$", page("Makefile"), re.MULTILINE) for name in line.split()}


def variables():
    """Return the environment variables that the embedded portal reads or names."""
    return {name for file in PACKAGE.glob("portal/**/*.py") for name in VARIABLE.findall(file.read_text("utf-8"))}


def options():
    declared = yaml.safe_load((PACKAGE / "config_declaration.yaml").read_text(encoding="utf-8"))
    return [option for group in declared["groups"] for option in group["options"]]


@pytest.mark.parametrize("option", options(), ids=lambda option: option["key"])
def test_administrators_read_of_every_option_with_its_default(option):
    rows = [row for row in page("docs/administrators.md").splitlines() if row.startswith(f"| `{option['key']}` |")]
    assert len(rows) == 1
    default = option.get("default")
    assert rows[0].split(" | ")[1] == ("not set" if default is None else f"`{default}`")


def test_administrators_read_of_every_variable_of_the_portal():
    assert len(variables()) > 5
    assert not_named(variables(), page("docs/administrators.md")) == []


def test_auditors_read_of_every_action():
    assert len(actions()) > 2
    assert not_named(actions(), page("docs/auditors.md")) == []


def test_every_action_and_field_that_a_page_names_is_there(standard):
    fields = {name for record in standard.records.values() for name in record.fields}
    named = {name for file in PAGES for name in re.findall(r"\bgovernance_\w+", page(file))}
    words = {word for word in json_ld_context(standard)["@context"] if word.startswith("governance_")}
    assert named - fields - set(actions()) - search_fields() - words == {VERSION_FIELD}


def test_auditors_read_of_every_key_of_an_assessment(standard):
    assessment = assess(standard, {"privacy_class": "bogus"}, Settings())
    shown = dictize_assessment(standard, standard.records["dataset"], assessment, language("en"))
    keys = {*shown, *shown["groups"][0], *shown["groups"][0]["fields"][0], *shown["next_step"]}
    assert not_named(keys, page("docs/auditors.md")) == []


def test_auditors_read_of_every_facet(standard):
    fields = [field for record in standard.records.values() for field in record.fields.values()]
    wanted = {f"vocab_{field.name}" for field in fields if field.type.value in FACETS} | search_fields()
    text = page("docs/auditors.md")
    assert not_named(wanted, text) == []
    assert set(re.findall(r"`(vocab_\w+[a-z])`", text)) <= wanted


def test_stewards_read_of_every_rule_under_its_severity(standard):
    text = page("docs/stewards.md")
    parts = re.split(r"^## What is (refused|accepted).*$|^And two rules say (what a gap) is", text, flags=re.MULTILINE)
    _, _, _, errors, _, _, concerns, _, _, gaps = parts
    listed = {"error": errors, "concern": concerns, "gap": gaps}
    for severity, part in listed.items():
        rules = {rule.id for rule in standard.rules.values() if rule.severity == severity}
        assert set(re.findall(r"^\| (OSC-\d+) \|", part, re.MULTILINE)) == rules


@pytest.mark.parametrize("reader", ["stewards", "residents", "auditors"])
def test_readers_learn_every_level(reader):
    text = page(f"docs/{reader}.md").lower()
    assert [level for level in LEVELS if level not in text] == []


def test_developers_read_of_every_word_of_the_condition_language():
    text = page("docs/developers.md")
    assert not_named([*_FLAGS, *_COMPARISONS], text, "{{{}: ") == []
    assert not_named(FACTS, text, "`{}: true`") == []
    assert not_named(["all", "any", "not"], text, "`{}:`") == []


def test_developers_read_of_every_kind_of_answer():
    assert not_named([f"opensmartcity_{kind.value}" for kind in AnswerType], page("docs/developers.md")) == []


def test_developers_read_of_every_command():
    assert not_named(targets(), page("docs/developers.md"), "`make {}`") == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_folder_of_tests_that_a_page_names_is_there(file):
    named = re.findall(r"\btests/[a-z]\w*(?:/\w+)?(?:\.py)?", page(file))
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_make_command_of_a_page_is_there(file):
    code = blocks(page(file), "sh") + re.findall(r"`([^`\n]+)`", prose(page(file)))
    assert {name for text in code for name in TARGET.findall(text)} <= targets()


def test_the_readme_gives_the_two_commands_to_copy():
    assert "make portal\nmake test\n" in blocks(page("README.md"), "sh")


def test_every_dependency_is_explained():
    assert len(requirements()) > 20
    assert not_named(requirements(), page("docs/dependencies.md"), "| {} |") == []


def test_the_readme_and_the_index_lead_to_the_page_of_every_reader():
    for reader in READERS:
        assert f"(docs/{reader}.md)" in page("README.md")
        assert f"({reader}.md)" in page("docs/index.md")


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_link_and_picture_leads_somewhere(file):
    for link in LINK.findall(prose(page(file))):
        if link.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        goal = (file.parent / path).resolve() if path else file
        assert goal.is_relative_to(ROOT), link
        assert goal.is_file(), link
        assert not anchor or anchor in anchors(page(goal)), link


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_example_can_be_read(file):
    for body in blocks(page(file), "json"):
        json.loads(body)
    for body in blocks(page(file), "yaml"):
        yaml.safe_load(body)
    for body in blocks(page(file), "python"):
        ast.parse(body)


def test_the_examples_of_the_standard_are_the_standard():
    shipped = [yaml.safe_load(page(f"schemas/{name}.yaml")) for name in ("dataset", "rules", "sentences")]
    known = [*shipped[0]["dataset_fields"], *shipped[1]["rules"], *shipped[2]["sentences"]]
    examples = [entry for body in blocks(page("docs/developers.md"), "yaml") for entry in yaml.safe_load(body)]
    assert len(examples) == 3
    assert [entry for entry in examples if entry not in known] == []
