"""docs/registers.md: how to convert records, and for each register what is kept and what has no home.

Written anew by `python -m ckanext.opensmartcity.exchange.registers.reference_docs ../shared/data > docs/registers.md`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .exporter import export_record
from .fields import shipped_standard
from .importer import fields_of, import_record
from .mapping import Line, Register, load_register

Records = Iterable[dict[str, Any]]

SAMPLES: Mapping[str, str] = {
    "nl": "algorithm-registers/nl_templates_full_fields.jsonl",
    "atrs": "algorithm-registers/uk_atrs_records.jsonl",
    "dtpr": "dtpr/datachains_ai.jsonl",
}
ORDER = ("nl", "atrs", "eurocities", "dtpr")

_INTRODUCTION = """\
# Registers of algorithms

<!-- Written by a program from schemas/registers/ and from real records. Do not change it by hand. -->

A city may already describe its systems in another register, or must deliver them to one. This page tells how to bring
those records in, how to write them out, and what happens to each field.

| name | register | its records |
|---|---|---|
{registers}

## Bring records in

```sh
opensmartcity convert --from nl records.jsonl > ours.jsonl
```

The file holds one JSON object on each line. A list in a `.json` file and a `.csv` file also work. The result has one
record of ours on each line. It needs no CKAN.

Each record of ours says what the other record said, as far as we have a question for it. Read it before you publish it:

- A question without an answer in the other register is a gap. You can answer it in the form.
- Where the other record says “unknown” or “not applicable”, our record declares that.
- A system that decides by itself must have a justification, human oversight and a way to object. Where the other record
  has none of these, our record says that we do not know them yet.

## Into a portal

An administrator brings the same files straight into CKAN:

```sh
ckan -c ckan.ini opensmartcity import --from nl --organization mobility records.jsonl
ckan -c ckan.ini opensmartcity import --from nl --organization mobility --write records.jsonl
```

The first line is a dry run: it tells for each record what would happen, and saves nothing. How a record is known again,
and what an update changes, stands in [For administrators](administrators.md#import-records).

```sh
ckan -c ckan.ini opensmartcity export --to nl > records.jsonl
```

This writes the public algorithm records of the portal for a register, one JSON object a line.

## What does not fit

No value is lost. What our record cannot hold is told on the error stream, with file, line, field and reason. And the
whole other record travels along, under the extra `register_source`. Only in a `.csv` file is a column left out that the
register does not have: you are told.

| what | what happens |
|---|---|
| HTML in a text | it becomes plain text |
| a text of more than 8,000 characters | the first 8,000 are taken over |
| a text where we want a contact or an address | the address in it is taken over if there is only one |
| a contact that looks like a person's own address | it is taken over, and you are told to replace it |
| a month | it becomes its first day, or its last day where a system ended |
| a word that is not in the list of codes | the question stays open |
| two fields for one question of ours | the second stands under a heading, or is used where the first is empty |

The extra is as public as the record. If the other record names a person, take the name out before you bring it in.

## Write records out

```sh
opensmartcity convert --from opensmartcity --to nl ours.jsonl > records.jsonl
opensmartcity convert --from nl --to eurocities records.jsonl > others.jsonl
```

A record that came from a register goes back as it was, every field the same. Where you changed an answer of ours, the
field it came from changes, and nothing else. A heading in a text tells which field a paragraph belongs to: keep the
headings if you want the paragraphs to go back to their own fields.

A record that did not come from the register gets the fields that our answers fill. You are told which answers the other
register cannot hold, and which fields it requires and nothing fills.

| exit code | meaning |
|---|---|
| 0 | everything has a home |
| 1 | a value has no home, a required field stays empty, or a record was refused |
| 2 | a file cannot be opened, or holds no record that can be read |

## Nothing that they require is lost

A required field is kept in one of our fields, or carried along. Both come back. The last two columns count every field
of the real records: how many went in, and how many came back the same. The tests do this through a real portal too.

{required}

## How to read the tables

A field with * is required there. “Kept” and “no home” count real records: {counted}. Where the
numbers are empty, no public records of that register were at hand.

| conversion | what it does |
|---|---|
| line, text | a text on one line, a text with paragraphs |
| code | a word of their list becomes a code of ours, by the table below |
| month_start, month_end, date | a month or a day becomes a day |
| contact | a mailbox, an address or a phone number |
| contact_in | the one contact that a text holds |
| url, urls, link_urls | one address, several, or the addresses of a list with titles |
| links | a list with titles and addresses becomes a text |
| tags | words between commas become tags |

A heading in quotes is the heading under which the text stands in our field. To check or change a mapping, read its file
in `schemas/registers/`.
"""


@dataclass
class _Count:
    """What became of the fields of real records."""

    records: int = 0
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    homeless: Counter[str] = field(default_factory=Counter)


def registers_page(samples: Mapping[str, Records]) -> str:
    """Return the page in Markdown, with real records counted."""
    registers = [load_register(name) for name in ORDER]
    samples = {name: list(records) for name, records in samples.items()}
    counts = {name: _count(load_register(name), records) for name, records in samples.items()}
    head = _INTRODUCTION.format(
        registers="\n".join(f"| `{one.id}` | [{one.name}]({one.link}) | {one.standard} |" for one in registers),
        required=_table(
            "register",
            "required fields",
            "with a field of ours",
            "carried along only",
            "fields of real records",
            "came back the same",
            rows=[_required_row(one, samples.get(one.id)) for one in registers],
        ),
        counted=", ".join(f"{count.records} of `{name}`" for name, count in counts.items()),
    )
    return head + "".join(f"\n{part}\n" for one in registers for part in _register(one, counts.get(one.id)))


def _required_row(register: Register, records: Records | None) -> tuple[str, ...]:
    rows = list(dict.fromkeys(register.row_of(name) for name in register.required))
    mapped = {line.row for line in register.lines}
    carried = [f"`{row}`" for row in rows if row not in mapped]
    counted = ("", "") if records is None else tuple(map(str, _came_back(register, records)))
    return f"`{register.id}`", str(len(rows)), str(len(rows) - len(carried)), ", ".join(carried), *counted


def _came_back(register: Register, records: Records) -> tuple[int, int]:
    """Count the fields of the records, and those that are the same after an import and an export."""
    given = same = 0
    for record in records:
        back = export_record(register.id, import_record(register.id, record).record)
        before, after = fields_of(register, record), fields_of(register, back)
        given += len(before)
        same += sum(name in after and after[name] == value for name, value in before.items())
    return given, same


def _count(register: Register, records: Records) -> _Count:
    count = _Count()
    for record in records:
        imported = import_record(register.id, record)
        count.records += 1
        count.kept.update({(register.row_of(kept.theirs), kept.ours) for kept in imported.kept})
        count.homeless.update({register.row_of(entry.theirs) for entry in imported.homeless})
    return count


def _register(register: Register, count: _Count | None) -> Iterator[str]:
    yield f"## {register.name}"
    yield f"### `{register.id}`: what is kept"
    yield _table("their field", "our field", "conversion", "kept", "no home", "note", rows=_kept_rows(register, count))
    for line in register.lines:
        if line.codes:
            yield _codes(line)
    yield f"### `{register.id}`: what has no home"
    yield "These values are carried along, and an export gives them back."
    yield _table("their field", "records", "why", rows=_homeless_rows(register, count))
    open_questions = [
        f"`{name}`" for name in shipped_standard().records["algorithm"].fields if name not in register.ours
    ]
    yield f"Questions of ours that this register does not answer: {', '.join(open_questions)}."


def _kept_rows(register: Register, count: _Count | None) -> Iterator[tuple[str, ...]]:
    shown: set[tuple[str, str]] = set()
    for line in register.lines:
        if (line.row, line.ours) in shown:
            continue
        shown.add((line.row, line.ours))
        heading = _heading(line, starred="*" in line.row)
        numbers = (str(count.kept[line.row, line.ours]), str(count.homeless[line.row])) if count else ("", "")
        yield _starred(line.row, required=line.required), f"`{line.ours}`{heading}", line.conversion, *numbers, line.why


def _starred(row: str, *, required: bool) -> str:
    return f"`{row}`*" if required else f"`{row}`"


def _heading(line: Line, *, starred: bool) -> str:
    if starred:
        return ", each under its own heading"
    return f", “{line.part}”" if line.part else ""


def _codes(line: Line) -> str:
    rows = [(theirs, f"`{ours}`") for theirs, ours in (line.codes or {}).items()]
    text = f"Codes of `{line.theirs}`:\n\n" + _table("their word", "our code", rows=rows)
    if line.back:
        back = ", ".join(f"`{ours}` as “{theirs}”" for ours, theirs in line.back.items())
        text += f"\n\nWe write {back}."
    return text


def _homeless_rows(register: Register, count: _Count | None) -> Iterator[tuple[str, ...]]:
    for row, why in dict.fromkeys((register.rows[name], why) for name, why in register.homeless.items()):
        yield _starred(row, required=row in register.required), str(count.homeless[row]) if count else "", why


def _table(*head: str, rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)])


def read_samples(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the real records beside the project."""
    return {
        name: [json.loads(line) for line in (folder / file).read_text(encoding="utf-8").splitlines() if line]
        for name, file in SAMPLES.items()
    }


if __name__ == "__main__":
    sys.stdout.write(registers_page(read_samples(Path(sys.argv[1]))))
