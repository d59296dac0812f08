"""Tables of roles and traits in docs/own-standard.md, which are those of the code."""

from pathlib import Path

from ckanext.opensmartcity.standard.roles import FIELD_ROLES, RULE_ROLES, TRAITS

PAGE = Path(__file__).parents[2] / "docs" / "own-standard.md"


def lacking(head, rows):
    """Return the rows of a table that the page lacks or has otherwise, to be copied into it."""
    text = PAGE.read_text(encoding="utf-8")
    table = text.partition(f"{head}\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [row for row in (*rows, *table) if (row in rows) is not (row in table)]


def test_the_page_lists_every_role_of_a_field():
    rows = [
        f"| `{role.value}` | {', '.join(use.types)} | {use.marks} | {use.without} |"
        for role, use in FIELD_ROLES.items()
    ]
    assert lacking("| role of a field | answer | what it marks | without it |", rows) == []


def test_the_page_lists_every_role_of_a_rule():
    rows = [f"| `{role.value}` | {use.marks} | {use.without} |" for role, use in RULE_ROLES.items()]
    assert lacking("| role of a rule | reported when | without it |", rows) == []


def test_the_page_lists_every_trait_that_code_refers_to():
    rows = [f"| `{trait.value}` | {use.marks} | {use.without} |" for trait, use in TRAITS.items()]
    assert lacking("| trait of a code | what it marks | without it |", rows) == []


def test_the_page_names_the_trait_of_each_shipped_code(standard):
    text = PAGE.read_text(encoding="utf-8")
    for vocabulary in standard.vocabularies.values():
        traits = dict.fromkeys(trait for code in vocabulary.codes.values() for trait in code.traits)
        if traits:
            assert f"| `{vocabulary.id}` | {', '.join(f'`{trait}`' for trait in traits)} |" in text
