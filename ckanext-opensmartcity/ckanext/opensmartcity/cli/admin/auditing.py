"""`ckan opensmartcity audit`: what the standard says of every record, for people; the same as files."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan.lib.search import SearchError, SolrConnectionError

from ...exchange.audit_files import AuditRow
from ...logic.audit.exporting import FORMATS, Export, compress, read_export, write
from ...standard import language
from ...standard.levels import LEVEL_LABELS
from ...standard.messages import N_, Translate
from .acting import acting_user
from .progress import Progress

STDOUT = Path("-")
narrowing = click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Only some records, by the filters of governance_audit, such as level=silent,started. May be repeated.",
)


@click.command("audit")
@narrowing
@click.option("--include-private/--public-only", "private", default=False, help="Also records that are not public.")
@click.option("--user", default=None, help="The user who audits; the site user by default.")
@click.option("--lang", default="en", help="Language of the words.")
def audit_records(filters: tuple[str, ...], private: bool, user: str | None, lang: str) -> None:
    """Tell of each record its level, its gaps, and the rules that it meets, a line each; and how many have each level.

    `ckan opensmartcity export --to csv` writes the same as a file.
    """
    translate, levels = language(lang).translate, Counter[str]()
    with told_in_a_line():
        for row in asked_export(filters, acting_user(user), lang, private=private).rows():
            levels[row.said["level"]] += 1
            click.echo(_line(row, translate))
    for level, label in LEVEL_LABELS.items():
        click.echo(f"{translate(label)}: {levels[level]}", err=True)


def _line(row: AuditRow, translate: Translate) -> str:
    said = row.said
    level = translate(LEVEL_LABELS[said["level"]]) if said["level"] else "?"
    parts = {
        N_("missing"): said["missing"],
        N_("not known"): said["unknown"],
        N_("meets"): [finding["rule"] for finding in (*said["errors"], *said["concerns"])],
        N_("overdue"): said["overdue"],
    }
    told = "; ".join(f"{translate(name)} {', '.join(values)}" for name, values in parts.items() if values)
    return f"{row.record['name']}: {level}{told and f' ({told})'}"


def asked_export(filters: Iterable[str], user: str, lang: str, *, private: bool, **more: str) -> Export:
    """Return the export that the options of a command ask for."""
    named = dict(_named(each) for each in filters)
    return read_export(user, {**named, **more, "lang": lang, "include_private": private})


def _named(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals:
        raise click.BadParameter(f"write NAME=VALUE, not {given!r}", param_hint="--filter")
    return name, value


@contextmanager
def told_in_a_line() -> Iterator[None]:
    """Tell what is wrong with a question or with the search in one line."""
    try:
        yield
    except tk.ValidationError as error:
        wrong = "; ".join(f"{name}: {' '.join(map(str, words))}" for name, words in error.error_dict.items())
        raise click.UsageError(wrong) from error
    except (SearchError, SolrConnectionError) as error:
        raise click.ClickException("The search does not answer: is Solr running?") from error
    except tk.NotAuthorized as error:
        raise click.ClickException("This user may not search.") from error


def write_export(export: Export, form: str, output: Path) -> None:
    """Write an export as a file with its manifest beside it, or to standard output."""
    manifest = export.manifest() if output != STDOUT else None
    digest = hashlib.sha256()
    with Progress() as progress, click.open_file(str(output), "wb") as file:
        parts = write(_counted(export.pages(), progress), FORMATS[form](), begun=export.begun)
        for part in compress(parts) if output.suffix == ".gz" else parts:
            digest.update(part)
            file.write(part)
    if manifest is not None:
        _write_manifest(output, {**manifest, "file": output.name, "rows": progress.count, "sha256": digest.hexdigest()})
    click.echo(f"{progress.count} rows written.", err=True)


def _counted(pages: Iterable[list[AuditRow]], progress: Progress) -> Iterator[list[AuditRow]]:
    for page in pages:
        yield page
        for _ in page:
            progress.step()


def _write_manifest(output: Path, manifest: Mapping[str, Any]) -> None:
    beside = output.with_name(f"{output.name}.manifest.json")
    beside.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    click.echo(f"Cite it by {beside.name}.", err=True)
