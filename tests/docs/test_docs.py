"""The documentation agrees with the code: options, actions, rules, dependencies, commands, modules, features; links."""

import ast
import json
import re
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from ckanext.opensmartcity.governance.dictize import dictize_assessment
from ckanext.opensmartcity.standard import LEVELS, AnswerType, Settings, assess, language
from ckanext.opensmartcity.standard.condition_reference import condition_reference
from ckanext.opensmartcity.standard.jsonld_context import json_ld_context
from ckanext.opensmartcity.standard.migration import VERSION_FIELD

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ckanext-opensmartcity" / "ckanext" / "opensmartcity"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
READERS = ("stewards", "residents", "auditors", "administrators", "developers")
FACETS = {"code", "codes", "country", "countries", "jurisdictions", "systems"}

# A path of a module, template or schema between backticks; a part in capitals is for the reader to replace.
FILE = re.compile(r"`([a-z_][\w*-]*(?:/(?!NAME)[\w.*-]+)+\.(?:py|html|css|js|yaml|sh))`")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
VARIABLE = re.compile(r"\bOSC_[A-Z]+(?:_[A-Z]+)*\b")
TARGET = re.compile(r"\bmake ([a-z][a-z0-9-]*)")


def page(name):
    return (ROOT / name).read_text(encoding="utf-8")


def prose(text):
    return FENCE.sub("", text)


def blocks(text, *languages):
    return [dedent(body) for kind, body in FENCE.findall(text) if kind in languages]


def names_of_what_exists(file):
    """Return the text of a page without the code of a how-to page, which invents what its reader is to add."""
    return prose(page(file)) if "how-to" in file.parts else page(file)


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
    files = [file for file in PACKAGE.glob("*/*.py") if "\n@action(" in file.read_text(encoding="utf-8")]
    names = (getattr(node, "name", "") for path in files for node in tree(path).body)
    return sorted(name for name in names if name.startswith("governance_"))


def search_fields():
    """Return the names of what the search index holds beside answers, without importing CKAN."""
    values = (node.value for node in ast.walk(tree(PACKAGE / "search" / "fields.py")) if isinstance(node, ast.Constant))
    return {value for value in values if isinstance(value, str) and re.fullmatch(r"\w+_\w+_\w+", value)}


def index_fields():
    """Return the names under which Solr holds levels, gaps and concerns, in each phase around their turns."""
    modules = [tree(PACKAGE / "search" / name) for name in ("fields.py", "facet_fields.py", "turns.py")]
    values = {node.value for module in modules for node in ast.walk(module) if isinstance(node, ast.Constant)}
    names = {value for value in values if isinstance(value, str) and re.fullmatch(r"governance_\w+", value)}
    return {name + phase for name in names for phase in ("", "_late", "_later")}


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
    named = {name for file in PAGES for name in re.findall(r"\bgovernance_\w+", names_of_what_exists(file))}
    words = {word for word in json_ld_context(standard)["@context"] if word.startswith("governance_")}
    assert named - fields - set(actions()) - search_fields() - index_fields() - words == {VERSION_FIELD}


def test_auditors_read_of_every_key_of_an_assessment(standard):
    assessment = assess(standard, {"privacy_class": "bogus"}, Settings())
    shown = dictize_assessment(standard, standard.records["dataset"], assessment, language("en"))
    keys = {*shown, *shown["groups"][0], *shown["groups"][0]["fields"][0], *shown["next_step"]}
    assert not_named(keys, page("docs/auditors.md")) == []


def test_auditors_read_of_every_format_of_a_record():
    paths = json.loads(page("docs/openapi.json"))["paths"]
    formats = {
        path: item["get"]["responses"]["200"]["content"] for path, item in paths.items() if "transparency." in path
    }
    negotiated = paths["/{type}/{id}/transparency"]["get"]["responses"]["200"]["content"]
    assert len(formats) > 3
    rows = [line.split(" | ") for line in page("docs/auditors.md").splitlines() if line.startswith("| `/dataset/NAME/")]
    known = {row[0].removeprefix("| "): row[1] for row in rows if len(row) == 4}
    wanted = {f"`{path.format(type='dataset', id='NAME')}`": f"`{next(iter(each))}`" for path, each in formats.items()}
    assert known == wanted
    assert {row[1].strip("`") for row in rows if row[2:] and row[2] == "yes"} == set(negotiated) - {"text/html"}


def test_auditors_read_of_every_facet(standard):
    fields = [field for record in standard.records.values() for field in record.fields.values()]
    wanted = {f"vocab_{field.name}" for field in fields if field.type.value in FACETS} | search_fields()
    text = page("docs/auditors.md")
    assert not_named(wanted, text) == []
    assert set(re.findall(r"`(vocab_\w+[a-z])`", text)) <= wanted


def test_stewards_read_of_every_rule_under_its_severity(standard):
    text = page("docs/stewards.md")
    parts = re.split(r"^## Rejected answers$|^## Concerns$|^Two rules define gaps:$", text, flags=re.MULTILINE)
    _, errors, concerns, gaps = parts
    listed = {"error": errors, "concern": concerns, "gap": gaps}
    for severity, part in listed.items():
        rules = {rule.id for rule in standard.rules.values() if rule.severity == severity}
        assert set(re.findall(r"^\| (OSC-\d+) \|", part, re.MULTILINE)) == rules


@pytest.mark.parametrize("reader", ["stewards", "residents", "auditors"])
def test_readers_learn_every_level(reader):
    text = page(f"docs/{reader}.md").lower()
    assert [level for level in LEVELS if level not in text] == []


def test_the_reference_of_the_condition_language_is_current():
    assert page("docs/conditions.md") == condition_reference() + "\n", "run: make reference"


def test_everybody_who_writes_conditions_is_led_to_their_reference():
    for file in ("docs/developers.md", "docs/own-standard.md", "docs/auditors.md", "docs/how-to/add-a-predicate.md"):
        assert "conditions.md)" in page(file), f"{file} does not link to docs/conditions.md"


def test_developers_read_of_every_kind_of_answer():
    assert not_named([f"opensmartcity_{kind.value}" for kind in AnswerType], page("docs/developers.md")) == []


def test_developers_read_of_every_command():
    assert not_named(targets(), page("docs/developers.md"), "`make {}`") == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_folder_of_tests_that_a_page_names_is_there(file):
    named = re.findall(r"\btests/[a-z]\w*(?:/\w+)?(?:\.[a-z]+)?", names_of_what_exists(file))
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_file_that_a_page_names_is_there(file):
    named = set(FILE.findall(prose(page(file))))
    templates = [*PACKAGE.glob("*/templates")]
    folders = [ROOT, PACKAGE, file.parent, *templates]
    assert [name for name in named if not any(any(folder.glob(name)) for folder in folders)] == []


def test_contributors_read_of_every_package():
    text = page("docs/architecture.md")
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert len(packages) > 15
    assert not_named(packages, text, "| `{}/` |") == []


def test_the_journeys_are_as_short_as_they_claim():
    text = page("docs/architecture.md")
    journeys = re.split(r"^## ", text, flags=re.MULTILINE)
    lengths = [
        re.findall(r"^\| (\d+) \| `([\w/.]+)` \|", journey, re.MULTILINE)
        for journey in journeys
        if journey.startswith("Journey")
    ]
    assert [len(files) for files in lengths] == [10, 18, 24]
    for files in lengths:
        assert [int(number) for number, _ in files] == list(range(1, len(files) + 1))
        assert len({name for _, name in files}) == len(files)


def fields_of(name):
    """Return the fields of a class in feature.py, without importing CKAN."""
    found = next(node for node in tree(PACKAGE / "feature.py").body if getattr(node, "name", "") == name)
    return [node.target.id for node in found.body if isinstance(node, ast.AnnAssign)]


def test_contributors_read_of_every_contribution_of_a_feature():
    text = page("docs/architecture.md")
    assert len(fields_of("Feature")) > 10
    assert not_named(set(fields_of("Feature")) - {"name"}, text) == []


def test_contributors_read_of_every_place_of_panels_and_links():
    pattern = re.compile(r"opensmartcity_(?:panels|page_links)\('([\w.]+)'")
    places = {place for file in PACKAGE.glob("**/*.html") for place in pattern.findall(file.read_text("utf-8"))}
    assert len(places) > 8
    assert not_named(places, page("docs/architecture.md")) == []


def test_administrators_read_of_every_feature():
    assigned = [node for node in tree(PACKAGE / "config.py").body if isinstance(node, ast.Assign)]
    (names,) = [ast.literal_eval(node.value) for node in assigned if node.targets[0].id == "FEATURE_NAMES"]
    assert len(names) > 5
    assert not_named(names, page("docs/administrators.md"), "| `{}` |") == []


def commands():
    """Return the commands of `ckan opensmartcity`, those of a group after its name, without importing CKAN."""
    found = set()
    for path in PACKAGE.glob("*/*.py"):
        for node in (each for each in tree(path).body if isinstance(each, ast.FunctionDef)):
            for call in (each for each in node.decorator_list if isinstance(each, ast.Call)):
                owner, _, kind = ast.unparse(call.func).rpartition(".")
                if kind in ("command", "group") and path.parent.name != "cli":
                    name = ast.literal_eval(call.args[0]) if call.args else node.name.replace("_", "-")
                    found.add(name if owner == "click" else f"{owner} {name}")
    return found


COMMAND = re.compile(r"\bckan(?: -c \S+)? opensmartcity ([a-z][\w-]*)(?: ([a-z][\w-]*)(?![\w./]))?")


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_command_of_a_page_is_there(file):
    known = commands()
    groups = {name.split()[0] for name in known if " " in name}
    assert len(known) > 20
    code = blocks(page(file), "sh", "text", "") + re.findall(r"`([^`\n]+)`", prose(page(file)))
    named = {" ".join(filter(None, match)) for text in code for match in COMMAND.findall(text)}
    assert {name for name in named if name not in known and name.split()[0] not in known - groups} == set()


def jobs():
    """Return the path of each function that is enqueued as a background job, from the package on."""
    found = set()
    for path in (each for each in PACKAGE.glob("*/*.py") if "enqueue_" in page(each)):
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        for node in (each for each in ast.walk(tree(path)) if isinstance(each, ast.Call)):
            called = ast.unparse(node.func).rpartition(".")[2]
            if called in ("enqueue_job", "enqueue_once_a_window", "enqueue_once_at"):
                assert "queue" not in {keyword.arg for keyword in node.keywords}, "docs/install.md names one queue"
                job = ast.unparse(node.args[0 if called == "enqueue_job" else 1])
                found.add(f"{path.parent.name}.{job}" if "." in job else f"{module}.{job}")
    return found


def test_administrators_read_of_every_job_and_of_no_other():
    text = page("docs/install.md").partition("| job | enqueued |")[2]
    assert len(jobs()) > 5
    assert set(re.findall(r"^\| `([\w.]+)` \|", text, re.MULTILINE)) == jobs()


def test_cron_lines_are_in_one_place_and_explained():
    line = re.compile(r"^[\d*/]+(?: +[\d*]+){4} .*opensmartcity (.+)$", re.MULTILINE)
    (named,) = filter(None, (line.findall(page(file)) for file in PAGES))
    assert not_named(named, page("docs/install.md"), "| `{}` |") == []


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
