"""What the JSON Schema of the standard cannot say, each with a record that proves it, as a page for suppliers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .json_schema import inexpressible_rules
from .language import Language
from .messages import N_
from .model import Standard


@dataclass(frozen=True)
class Limit:
    """One thing: what it is, and answers of a dataset on which the schema and the rules disagree because of it."""

    what: str
    example: Mapping[str, Any]


# Answers that the rules refuse and the schema cannot.
TOO_MILD = (
    Limit(N_("a period that is longer than 1,000 years (OSC-032)"), {"retention_type": "fixed_period"}
          | {"retention_period": "P1001Y", "retention_basis": "A law", "retention_disposition": "delete"}),
)  # fmt: skip

# Answers that the checker and the portal tidy up, and that are valid by the schema only in the tidy form.
TOO_STRICT = (
    Limit(N_("blanks around a code, a date, a country or an address"), {"privacy_openness": " open "}),
    Limit(N_("a country or a period in small letters"), {"sovereignty_storage_countries": ["nl"]}),
    Limit(N_("a list in one text, an entry on each line or as JSON"), {"sovereignty_storage_countries": "NL\nDE"}),
    Limit(N_("an empty entry in a list"), {"ownership_suppliers": ["MeterWorks", ""]}),
    Limit(
        N_("the declared questions as JSON in a text"),
        {"governance_declared": '{"fitness_standards": {"state": "unknown"}}'},
    ),
)

_WORDS = (
    N_("What the JSON Schema cannot say"),
    N_(
        "A record that is valid by the JSON Schema has, as far as JSON Schema can say, no error and no gap. "
        "What it leaves out stands here; `opensmartcity check` looks at all of it."
    ),
    N_("Refused by the rules, and not by the schema"),
    N_("what compares two dates"),
    N_("a named algorithm record that does not exist (OSC-040): only a portal can know"),
    N_("what depends on the home jurisdiction (OSC-020), unless the schema was made for one with `--home`"),
    N_("a key that stands twice in an object: most programs read the last one and say nothing"),
    N_("Accepted by the checker and the portal, and not by the schema"),
    N_("Not a question of validity"),
    N_("A concern is shown and never refused, so the schema does not know of it:"),
)


def limits_page(standard: Standard, language: Language) -> str:
    """Return the page in Markdown."""
    return "\n".join(_lines(standard, language)) + "\n"


def _lines(standard: Standard, language: Language) -> Iterator[str]:
    say = language.translate
    title, about, mild, dates, systems, home, twice, strict, validity, concerns = map(say, _WORDS)
    yield from (f"# {title}", "", f"{say('Version')} {standard.version}", "", about, "", f"## {mild}", "")
    yield from (f"- {rule}: {dates} ({part})" for rule, part in _inexpressible(standard).items())
    yield from (f"- {say(limit.what)}" for limit in TOO_MILD)
    yield from (f"- {text}" for text in (systems, home, twice))
    yield from ("", f"## {strict}", "")
    yield from (f"- {say(limit.what)}" for limit in TOO_STRICT)
    yield from ("", f"## {validity}", "", concerns, "")
    yield from (f"- {rule.id}: {say(rule.title)}" for rule in standard.rules.values() if rule.severity == "concern")


def _inexpressible(standard: Standard) -> dict[str, str]:
    return {name: part for kind in standard.records for name, part in inexpressible_rules(standard, kind).items()}
