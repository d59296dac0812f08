"""Generate docs/registers.md: how to convert records, and the mapped and unmapped fields of each register.

Regenerate with `python -m ckanext.opensmartcity.exchange.registers.reference_docs ../shared/data > docs/registers.md`.
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
from .importer import import_record, source_fields
from .mapping import Register, load_register

Records = Iterable[dict[str, Any]]

SAMPLES: Mapping[str, str] = {
    "nl": "algorithm-registers/nl_templates_full_fields.jsonl",
    "atrs": "algorithm-registers/uk_atrs_records.jsonl",
    "dtpr": "dtpr/datachains_ai.jsonl",
}
ORDER = ("nl", "atrs", "eurocities", "dtpr")

_INTRODUCTION = """\
# Registers of algorithms

<!-- Generated from schemas/registers/ and from real records. Do not edit by hand. -->

A city may already describe its algorithms in another register, or may have to deliver them to one. This page explains
how to import and export such records, and what happens to each field.

| name | register | format of its records |
|---|---|---|
{registers}

## Convert records

```sh
opensmartcity convert --from nl records.jsonl > ours.jsonl
```

The file contains one JSON object on each line; `.json` files with a list and `.csv` files also work. The output has one
record of ours on each line. CKAN is not needed.

Each record answers the questions of ours for which the other record has a value. Review it before you publish it:

- A question that the other register does not ask is a gap. You can answer it in the form.
- Where the other record says “unknown” or “not applicable”, our record declares that.
- An algorithm that decides on its own must have a justification, human oversight and a way to object. Where the other
  record has none of these, our record declares them unknown.

## Import into a portal

An administrator imports the same files into CKAN:

```sh
ckan -c ckan.ini opensmartcity import --from nl --organization mobility records.jsonl
ckan -c ckan.ini opensmartcity import --from nl --organization mobility --write records.jsonl
```

The first command is a dry run: it reports what would happen to each record, and saves nothing.
[For administrators](administrators.md#import-records) explains how a record is recognized when it is imported again,
and what an update changes.

```sh
ckan -c ckan.ini opensmartcity export --to nl > records.jsonl
```

This exports the public algorithm records of the portal for a register, one JSON object on each line.

## Unmapped values

No value is lost. Values that our record cannot hold are reported on standard error, with file, line, field and reason,
and the extra `register_source` keeps the whole source record. The only exception is a column of a `.csv` file that the
register does not have: it is dropped, with a message.

| value | what happens |
|---|---|
| HTML in a text | it becomes plain text, with the targets of links in brackets and the descriptions of pictures |
| other text between `<` and `>`, such as an address | it is kept, addresses without the brackets |
| a tag with characters that CKAN does not accept | they become blanks, with a note |
| a text of more than 8,000 characters | the first 8,000 are imported |
| a text where we expect a contact or an address | the address in it is imported if there is only one |
| a contact that looks like a personal address | it is imported, with a warning to replace it |
| a month | it becomes its first day, or its last day for the end of use |
| a word that is not in the list of codes | the question stays unanswered |
| two fields for one question of ours | the second is placed under a heading, or used if the first is empty |

The extra is as public as the record. If the source record names a person, remove the name before you import it.

## Export records

```sh
opensmartcity convert --from opensmartcity --to nl ours.jsonl > records.jsonl
opensmartcity convert --from nl --to eurocities records.jsonl > others.jsonl
```

A record that was imported from the register is exported unchanged, field by field. If you changed one of our answers,
only the field that it came from changes. A heading in a text tells which field a paragraph belongs to: keep the
headings so that the paragraphs return to their own fields.

A record that was not imported from the register has the fields that our answers fill. The command reports the answers
that the register cannot hold, and the required fields that stay empty.

| exit code | meaning |
|---|---|
| 0 | every value was mapped |
| 1 | a value is unmapped, a required field is empty, or a record was rejected |
| 2 | a file cannot be opened, or contains no readable record |

## Required fields

A required field is mapped to one of our fields, or kept in the source record; both are exported again. The last two
columns count the fields of real records: how many were imported, and how many were exported unchanged. The tests check
this through a real portal, too.

{required}

## How to read the tables

A field with * is required in that register. “Mapped” and “unmapped” count real records: {counted}. Empty
cells mean that no public records of the register were available.

| conversion | result |
|---|---|
| line, text | a text on one line, a text with paragraphs |
| code | a word of their list becomes one of our codes, by the table below |
| month_start, month_end, date | a month or a day becomes a day |
| contact | a mailbox, an address or a phone number |
| contact_in | the only contact in a text |
| url, urls, link_urls | one address, several, or the addresses of a list with titles |
| links | a list with titles and addresses becomes a text |
| tags | words between commas become tags |

A heading in quotes is the heading of the text in our field. To check or change a mapping, see its file in
`schemas/registers/`.
"""


@dataclass
class _Count:
    """Number of real records in which a field was mapped (keyed by field and our field) or unmapped."""

    records: int = 0
    mapped: Counter[tuple[str, str]] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)

    def add(self, register: Register, record: dict[str, Any]) -> None:
        """Import a record and count its fields."""
        imported = import_record(register.id, record)
        self.records += 1
        self.mapped.update({(register.row_of(value.theirs), value.ours) for value in imported.mapped})
        self.unmapped.update({register.row_of(value.theirs) for value in imported.unmapped})


def registers_page(samples: Mapping[str, Records]) -> str:
    """Return the page as Markdown, with counts of real records."""
    registers = [load_register(name) for name in ORDER]
    samples = {name: list(records) for name, records in samples.items()}
    counts = {name: _Count() for name in samples}
    for name, records in samples.items():
        for record in records:
            counts[name].add(load_register(name), record)
    head = _INTRODUCTION.format(
        registers="\n".join(f"| `{each.id}` | [{each.name}]({each.link}) | {each.standard} |" for each in registers),
        required=_table(
            "register",
            "required fields",
            "mapped",
            "only in the source record",
            "fields of real records",
            "exported unchanged",
            rows=[_required_row(each, samples.get(each.id)) for each in registers],
        ),
        counted=", ".join(f"{count.records} of `{name}`" for name, count in counts.items()),
    )
    return head + "".join(f"\n{part}\n" for each in registers for part in _sections(each, counts.get(each.id)))


def _required_row(register: Register, records: Records | None) -> tuple[str, ...]:
    """Return the row of a register, with its fields counted before an import and, if unchanged, after an export."""
    rows = list(dict.fromkeys(register.row_of(name) for name in register.required))
    mapped = {line.row for line in register.lines}
    source_only = [f"`{row}`" for row in rows if row not in mapped]
    total = unchanged = 0
    for record in records or ():
        back = export_record(register.id, import_record(register.id, record).record)
        before, after = source_fields(register, record), source_fields(register, back)
        total += len(before)
        unchanged += sum(name in after and after[name] == value for name, value in before.items())
    counted = ("", "") if records is None else (str(total), str(unchanged))
    return f"`{register.id}`", str(len(rows)), str(len(rows) - len(source_only)), ", ".join(source_only), *counted


def _sections(register: Register, count: _Count | None) -> Iterator[str]:
    yield f"## {register.name}"
    yield f"### `{register.id}`: mapped fields"
    yield _table(
        "their field", "our field", "conversion", "mapped", "unmapped", "note", rows=_mapped_rows(register, count)
    )
    for line in register.lines:
        if line.codes:
            text = f"Codes of `{line.theirs}`:\n\n"
            text += _table("their word", "our code", rows=[(word, f"`{code}`") for word, code in line.codes.items()])
            if line.back:
                back = ", ".join(f"`{code}` as “{word}”" for code, word in line.back.items())
                text += f"\n\nExports write {back}."
            yield text
    yield f"### `{register.id}`: unmapped fields"
    yield "The source record keeps these values, and an export writes them again."
    reasons = dict.fromkeys((register.rows[name], why) for name, why in register.unmapped.items())
    rows = [
        (_field(row, required=row in register.required), str(count.unmapped[row]) if count else "", why)
        for row, why in reasons
    ]
    yield _table("their field", "records", "reason", rows=rows)
    fields = shipped_standard().records["algorithm"].fields
    unanswered = ", ".join(f"`{name}`" for name in fields if name not in register.ours)
    yield f"Questions of ours that this register does not answer: {unanswered}."


def _mapped_rows(register: Register, count: _Count | None) -> Iterator[tuple[str, ...]]:
    shown: set[tuple[str, str]] = set()
    for line in register.lines:
        if (line.row, line.ours) in shown:
            continue
        shown.add((line.row, line.ours))
        heading = f", “{line.part}”" if line.part else ""
        if "*" in line.row:
            heading = ", each under its own heading"
        numbers = (str(count.mapped[line.row, line.ours]), str(count.unmapped[line.row])) if count else ("", "")
        yield _field(line.row, required=line.required), f"`{line.ours}`{heading}", line.conversion, *numbers, line.why


def _field(row: str, *, required: bool) -> str:
    return f"`{row}`*" if required else f"`{row}`"


def _table(*head: str, rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)])


def read_samples(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the real records in the shared data folder, by register."""
    return {
        name: [json.loads(line) for line in (folder / file).read_text(encoding="utf-8").splitlines() if line]
        for name, file in SAMPLES.items()
    }


if __name__ == "__main__":
    sys.stdout.write(registers_page(read_samples(Path(sys.argv[1]))))
