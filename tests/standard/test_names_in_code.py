"""Modules and templates refer to roles and traits, and name no field, code, rule or term of the standard."""

import ast
import re
from importlib import import_module
from pathlib import Path

import ckanext.opensmartcity
import pytest
from rdflib import Namespace
from rdflib.namespace import DefinedNamespaceMeta
from standard.inputs import STANDARD

PACKAGE = Path(ckanext.opensmartcity.__path__[0])
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migration" not in path.parts)
TEMPLATES = sorted(path for kind in ("html", "txt", "xml", "js") for path in PACKAGE.rglob(f"*.{kind}"))

FIELDS = {name for record in STANDARD.records.values() for name in record.fields}
CODES = {code for vocabulary in STANDARD.vocabularies.values() for code in vocabulary.codes}
# Other codes are ordinary words, such as "open" and "review".
NAMES = FIELDS | STANDARD.vocabularies.keys() | {code for code in CODES if re.search(r"[_\d]", code)}
IRIS = {field.iri for record in STANDARD.records.values() for field in record.fields.values()}
IRIS |= {code.iri for vocabulary in STANDARD.vocabularies.values() for code in vocabulary.codes.values()}
RULE = re.compile(r"OSC-\d+")
WORD = re.compile(r"(?<![\w/.-])(?:vocab_)?([A-Za-z]\w*(?:-\w+)*)")

# Words that are also something else, by the file where they are; each with its reason.
ALLOWED = {
    # The state of a question that need not be answered, which is also a code.
    "not_required": None,
    # Why a question of a resident is hidden; it is also the name of a vocabulary.
    "personal_data": "participation/moderation.py",
    # Roles that have the name of the field that has them in ours.
    "retention_period": "standard/roles.py",
    "retention_until": "standard/roles.py",
}
# The term of ckanext-dcat's own fields, whose faults are mended whatever the standard asks.
TERMS_OF_DCAT = "dcat/"


def place(path):
    return path.relative_to(PACKAGE).as_posix()


def texts_of(tree):
    """Yield the string constants of a module, also those in f-strings, without docstrings; and their lines."""
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in statements:
            yield node.lineno, node.value


def names_in(text, file):
    found = {word for word in WORD.findall(text) if word in NAMES} | set(RULE.findall(text))
    found |= {text} & IRIS
    return {word for word in found if word not in ALLOWED or ALLOWED[word] not in (None, file)}


def namespaces_of(module):
    """Return the namespaces of RDF that a module uses, by the name that it gives them."""
    kinds = (Namespace, DefinedNamespaceMeta)
    return {name: value for name, value in vars(module).items() if isinstance(value, kinds)}


def test_the_words_that_are_looked_for_are_those_of_the_standard():
    assert {"privacy_class", "until_date", "A6-1-c", "retention_type", "personal_data"} <= NAMES
    assert {"open", "review", "unknown"}.isdisjoint(NAMES)
    assert names_in("{privacy_class: vocab_retention_type} (OSC-010)", "") == {
        "privacy_class",
        "retention_type",
        "OSC-010",
    }
    assert names_in("http://purl.org/dc/terms/rightsHolder", "") == {"http://purl.org/dc/terms/rightsHolder"}


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_a_module_names_nothing_of_the_standard(path):
    file = place(path)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = [(line, name) for line, text in texts_of(tree) for name in names_in(text, file)]
    if file.startswith(TERMS_OF_DCAT):
        named = [(line, name) for line, name in named if name not in IRIS]
    assert named == [], "give the field or rule a role (standard/roles.py), the code a trait, and refer to that"


@pytest.mark.parametrize("path", [path for path in MODULES if "rdf" in path.parts], ids=place)
def test_a_module_of_linked_data_names_no_term_that_a_question_has(path):
    module = import_module("ckanext.opensmartcity." + place(path).removesuffix(".py").replace("/", "."))
    spaces = namespaces_of(module)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    attributes = (
        node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    )
    terms = [(node.lineno, f"{node.value.id}.{node.attr}") for node in attributes if node.value.id in spaces]
    named = [(line, term) for line, term in terms if f"{spaces[term.split('.')[0]]}{term.split('.')[1]}" in IRIS]
    assert named == [], "name the term in schemas/linked_data.yaml"


@pytest.mark.parametrize("path", TEMPLATES, ids=place)
def test_a_template_names_nothing_of_the_standard(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    named = [(number, name) for number, line in enumerate(lines, 1) for name in names_in(line, place(path))]
    assert named == [], "give the field or rule a role (standard/roles.py), the code a trait, and refer to that"
