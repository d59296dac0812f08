"""The mapping between another register and our algorithm record, as it stands in schemas/registers/."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ...standard import shipped_folder
from ...standard.i18n import N_, Message
from ...standard.yaml_source import Section, nearest, read

FOLDER = "registers"
CKAN_FIELDS = ("title", "notes", "url", "tags")
CONVERSIONS = "line text code month_start month_end date contact contact_in url urls link_urls links tags".split()

_TOP = "also_required constants elements fields homeless identifier link register says_nothing shape standard".split()
_LINE = "as back codes first fresh ours part required single theirs why".split()


class RegisterError(Exception):
    """A register that we do not know, or a record that cannot be read as one of its records."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.render())
        self.message = message


@dataclass(frozen=True)
class Line:
    """One line of a mapping: their field, ours, and how a value is converted there and back.

    `part` is the heading under which a text joins others in one field of ours; `fresh` tells whether a record that did
    not come from the register gets this field; `single` that it holds one address only. `row` is their field as the
    mapping writes it, with a star for each element.
    """

    theirs: str
    ours: str
    conversion: str
    part: str | None = None
    required: bool = False
    fresh: bool = True
    single: bool = False
    codes: Mapping[str, str] | None = None
    back: Mapping[str, str] | None = None
    why: str = ""
    row: str = ""


@dataclass(frozen=True, eq=False)
class Register:
    """Another register: its lines, its fields without a home with us, and what its records always hold."""

    id: str
    name: str
    standard: str
    link: str
    lines: tuple[Line, ...]
    homeless: Mapping[str, str]
    rows: Mapping[str, str]
    required: tuple[str, ...]
    constants: Mapping[str, str]
    says_nothing: Mapping[str, str]
    read_identifier: tuple[str, ...]
    write_identifier: str | None
    same: tuple[tuple[str, ...], ...]
    elements: Mapping[str, tuple[str, ...]]

    @property
    def is_chain(self) -> bool:
        """Tell whether a record is a list of elements and not a list of fields."""
        return bool(self.elements)

    def row_of(self, theirs: str) -> str:
        """Return the name under which the mapping writes a field."""
        return next((line.row for line in self.lines if line.theirs == theirs), self.rows.get(theirs, theirs))

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field of theirs that the mapping names."""
        return tuple(dict.fromkeys([*(line.theirs for line in self.lines), *self.homeless]))

    def group(self, ours: str) -> tuple[Line, ...]:
        """Return the lines that lead to one field of ours, in order."""
        return tuple(line for line in self.lines if line.ours == ours)

    @property
    def ours(self) -> tuple[str, ...]:
        """Every field of ours that a line leads to."""
        return tuple(dict.fromkeys(line.ours for line in self.lines))


def register_ids() -> tuple[str, ...]:
    """Return the ids of the registers that we know."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


@cache
def load_register(name: str) -> Register:
    """Return a register by its id; RegisterError where there is none, SourceError where its file is wrong."""
    if name not in register_ids():
        template = N_("There is no register “{value}”. Choose one of: {known}.")
        raise RegisterError(Message(template, {"value": name[:60], "known": ", ".join(register_ids())}))
    return build_register(name, read(_folder() / f"{name}.yaml"))


def _folder() -> Path:
    return shipped_folder() / FOLDER


def build_register(name: str, top: Section) -> Register:
    """Turn the file of a register into a Register, checking each line."""
    top.allow(_TOP)
    elements = {category: tuple(ids) for category, ids in top.get("elements", {}).items()}
    identifier = top.get("identifier", {})
    lines = tuple(line for section in top.sections("fields") for line in _lines(section, elements))
    _check(top, lines)
    return Register(
        id=name,
        name=top.text("register"),
        standard=top.text("standard"),
        link=top.text("link"),
        lines=lines,
        rows={key: field for field in top["homeless"] for key in _each(field, elements)},
        homeless={key: why for field, why in top["homeless"].items() for key in _each(field, elements)},
        required=tuple(dict.fromkeys([line.theirs for line in lines if line.required] + top.texts("also_required"))),
        constants=dict(top["constants"]),
        says_nothing={str(word).casefold(): state for word, state in top["says_nothing"].items()},
        read_identifier=tuple(identifier.get("read", ())),
        write_identifier=identifier.get("write"),
        same=tuple(tuple(names) for names in identifier.get("same", ())),
        elements=elements,
    )


def _lines(section: Section, elements: Mapping[str, tuple[str, ...]]) -> Iterator[Line]:
    """Yield the line of a section, or one for each element where it is written with a star."""
    section.allow(_LINE)
    line = _line(section)
    if "*" not in line.theirs:
        yield line
        return
    first = section.optional_text("first")
    category, _, variable = line.theirs.split(".")
    for element in sorted(elements[category], key=lambda element: element != first):
        part = None if element == first else (line.part or "{}").format(words_of(element))
        yield replace(line, theirs=f"{category}.{element}.{variable}", part=part)


def _line(section: Section) -> Line:
    conversion = section.text("as")
    if conversion not in CONVERSIONS:
        known = ", ".join(CONVERSIONS)
        raise section.error(
            f"unknown conversion '{conversion}'{nearest(conversion, CONVERSIONS)} (known: {known})", "as"
        )
    if (conversion == "code") is not ("codes" in section):
        raise section.error("a line with 'as: code', and no other, has 'codes'", "codes")
    return Line(
        theirs=section.text("theirs"),
        row=section.text("theirs"),
        ours=section.text("ours"),
        conversion=conversion,
        part=section.optional_text("part"),
        required=section.get("required") is True,
        fresh=section.get("fresh") is not False,
        single=section.get("single") is True,
        codes=dict(section["codes"]) if "codes" in section else None,
        back=dict(section["back"]) if "back" in section else None,
        why=section.optional_text("why") or "",
    )


def _each(field: str, elements: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    if "*" not in field:
        return (field,)
    category, _, variable = field.split(".")
    return [f"{category}.{element}.{variable}" for element in elements[category]]


def _check(top: Section, lines: Iterable[Line]) -> None:
    """Stop where a part joins nothing, or two parts of one field have the same heading."""
    bare = {line.ours for line in lines if line.part is None}
    seen: set[tuple[str, str]] = set()
    for line in lines:
        if line.part is None:
            continue
        if line.ours not in bare or (line.ours, line.part) in seen:
            raise top.error(
                f"the part '{line.part}' of {line.ours} stands there twice, or has no text to join", "fields"
            )
        seen.add((line.ours, line.part))


def words_of(element: str) -> str:
    """Return the id of an element as words: right_to_notice becomes “To notice”."""
    for prefix in ("input_", "output_", "right_"):
        element = element.removeprefix(prefix)
    return element.replace("_", " ").capitalize()
