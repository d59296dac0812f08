"""Mappings between algorithm registers and our algorithm record, loaded from `schemas/registers/*.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ...standard import shipped_folder
from ...standard.file_shape import check_shape
from ...standard.i18n import N_, Message
from ...standard.yaml_source import Section, read

FOLDER = "registers"
CKAN_FIELDS = ("title", "notes", "url", "tags")
CONVERSIONS = "line text code month_start month_end date contact contact_in url urls link_urls links tags".split()


class RegisterError(Exception):
    """Unknown register, or a record that is not valid in its register."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.render())
        self.message = message


@dataclass(frozen=True)
class Line:
    """Line of a mapping: a field of the register (`theirs`), our field (`ours`), and the conversion between them.

    `part` is the heading under which the text joins others in one of our fields. `fresh` tells whether exports of
    records that did not come from the register fill the field; `single` that it holds only one URL. `row` is the field
    as written in the mapping, with `*` for any element of a chain.
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

    @classmethod
    def parse(cls, section: Section) -> Line:
        """Parse a line of a mapping file."""
        return cls(
            theirs=section.text("theirs"),
            row=section.text("theirs"),
            ours=section.text("ours"),
            conversion=section.text("as"),
            part=section.optional_text("part"),
            required=section.get("required") is True,
            fresh=section.get("fresh") is not False,
            single=section.get("single") is True,
            codes=dict(section["codes"]) if "codes" in section else None,
            back=dict(section["back"]) if "back" in section else None,
            why=section.optional_text("why") or "",
        )


@dataclass(frozen=True, eq=False)
class Register:
    """Mapping of one register.

    `unmapped` gives the reason for each field that has no counterpart; `constants` are fields that every exported
    record has; `says_nothing` maps phrases such as “n/a” to the state that they declare.
    """

    id: str
    name: str
    standard: str
    link: str
    lines: tuple[Line, ...]
    unmapped: Mapping[str, str]
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
        """Tell whether records are chains of elements (DTPR), not flat fields."""
        return bool(self.elements)

    def row_of(self, theirs: str) -> str:
        """Return a field as written in the mapping, with `*` for its element."""
        return next((line.row for line in self.lines if line.theirs == theirs), self.rows.get(theirs, theirs))

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields of the register that the mapping names."""
        return tuple(dict.fromkeys([*(line.theirs for line in self.lines), *self.unmapped]))

    def group(self, ours: str) -> tuple[Line, ...]:
        """Return the lines of one of our fields, in order."""
        return tuple(line for line in self.lines if line.ours == ours)

    @property
    def ours(self) -> tuple[str, ...]:
        """All of our fields that a line fills."""
        return tuple(dict.fromkeys(line.ours for line in self.lines))


def register_ids() -> tuple[str, ...]:
    """Return the ids of all registers with a mapping."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


@cache
def load_register(name: str) -> Register:
    """Load the mapping of a register. Raise RegisterError if there is none, SourceError if the file is invalid."""
    if name not in register_ids():
        template = N_("There is no register “{value}”. Choose one of: {known}.")
        raise RegisterError(Message(template, {"value": name[:60], "known": ", ".join(register_ids())}))
    return parse_register(name, read(_folder() / f"{name}.yaml"))


def _folder() -> Path:
    return shipped_folder() / FOLDER


def parse_register(name: str, top: Section) -> Register:
    """Parse a mapping file. Raise SourceError if it is invalid."""
    check_shape(top, "register")
    elements = {category: tuple(ids) for category, ids in top.get("elements", {}).items()}
    identifier = top.get("identifier", {})
    lines = tuple(line for section in top.sections("fields") for line in _expand_line(section, elements))
    _check_parts(top, lines)
    return Register(
        id=name,
        name=top.text("register"),
        standard=top.text("standard"),
        link=top.text("link"),
        lines=lines,
        rows={key: field for field in top["homeless"] for key in _expand(field, elements)},
        unmapped={key: why for field, why in top["homeless"].items() for key in _expand(field, elements)},
        required=tuple(dict.fromkeys([line.theirs for line in lines if line.required] + top.texts("also_required"))),
        constants=dict(top["constants"]),
        says_nothing={str(word).casefold(): state for word, state in top["says_nothing"].items()},
        read_identifier=tuple(identifier.get("read", ())),
        write_identifier=identifier.get("write"),
        same=tuple(tuple(names) for names in identifier.get("same", ())),
        elements=elements,
    )


def _expand_line(section: Section, elements: Mapping[str, tuple[str, ...]]) -> Iterator[Line]:
    """Yield the line of a section, or one line for each element if it is written with `*`."""
    line = Line.parse(section)
    if "*" not in line.theirs:
        yield line
        return
    first = section.optional_text("first")
    category, _, variable = line.theirs.split(".")
    for element in sorted(elements[category], key=lambda element: element != first):
        part = None if element == first else (line.part or "{}").format(element_label(element))
        yield replace(line, theirs=f"{category}.{element}.{variable}", part=part)


def _expand(field: str, elements: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    if "*" not in field:
        return (field,)
    category, _, variable = field.split(".")
    return [f"{category}.{element}.{variable}" for element in elements[category]]


def _check_parts(top: Section, lines: Iterable[Line]) -> None:
    """Raise SourceError if a part has no text to join, or two parts of a field have the same heading."""
    bare = {line.ours for line in lines if line.part is None}
    seen: set[tuple[str, str]] = set()
    for line in lines:
        if line.part is None:
            continue
        if line.ours not in bare or (line.ours, line.part) in seen:
            raise top.error(f"the part '{line.part}' of {line.ours} occurs twice, or has no text to join", "fields")
        seen.add((line.ours, line.part))


def element_label(element: str) -> str:
    """Return the label of an element id: “To notice” for `right_to_notice`."""
    for prefix in ("input_", "output_", "right_"):
        element = element.removeprefix(prefix)
    return element.replace("_", " ").capitalize()
