"""`ckan opensmartcity audit`: what the standard says of every record, for people; the same as files."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan.lib.search import SearchError, SolrConnectionError

from .. import config
from ..cli.common import CLEAN, FINDINGS
from ..cli.convert import OWN, as_line, losses
from ..exchange.registers import export_record, register_ids
from ..exchange.table_writer import AuditRow
from ..governance.cli import Progress, acting_user, existing_organization
from ..governance.governance import ALGORITHM_TYPE
from ..search.scroll import scroll_records
from ..standard import language
from ..standard.display import LEVEL_LABELS
from ..standard.i18n import N_, Translate
from .export import FORMATS, Export, compress, read_export, write

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


TARGETS = click.Choice([*FORMATS, OWN, *register_ids()])


@click.command("export")
@click.option("--to", "target", required=True, type=TARGETS, help="Records as judged, whole, or for a register.")
@click.option("--organization", default=None, help="Only the records of this organisation.")
@narrowing
@click.option(
    "--output", default="-", type=click.Path(path_type=Path), help="File of csv or jsonl; .gz behind it compresses."
)
@click.option("--cursor", default=None, help="Go on behind the last cursor of a file that broke off.")
@click.option("--include-private/--public-only", "private", default=False, help="Also records that are not public.")
@click.option("--user", default=None, help="The user who exports; the site user by default.")
@click.option("--lang", default="en", help="Language of the messages.")
def export_records(
    target: str,
    organization: str | None,
    filters: tuple[str, ...],
    output: Path,
    cursor: str | None,
    private: bool,
    user: str | None,
    lang: str,
) -> None:
    """Write all records with their levels, gaps and concerns; or as they are; or the algorithms for another register.

    A file of all records (csv, jsonl) gets a manifest beside it, by which it can be cited. opensmartcity: whole
    records, which `import --from opensmartcity` reads back. For a register each record is one JSON object a line; what
    the other register cannot hold, and what it requires and nothing fills, is told on the error stream. Exit code 0:
    nothing was lost; 1: something was.
    """
    actor, owner = acting_user(user), existing_organization(organization) if organization else None
    if target not in FORMATS:
        if filters or cursor or str(output) != "-":
            raise click.UsageError("--filter, --cursor and --output are for csv and jsonl")
        if target == OWN:
            sys.exit(_export_own(actor, owner, private=private))
        sys.exit(_export_register(target, actor, owner, lang, private=private))
    more = {name: value for name, value in (("organization", owner), ("cursor", cursor)) if value}
    with told_in_a_line():
        write_export(asked_export(filters, actor, lang, private=private, **more), target, output)


def _export_own(user: str, owner: str | None, *, private: bool) -> int:
    """Write whole records; systems first, because a dataset may name only those that are there."""
    kinds = sorted(config.standard().records, key=lambda kind: kind != ALGORITHM_TYPE)
    with Progress() as progress:
        for kind in kinds:
            for record in scroll_records(user, *_narrowed(kind, owner), private=private):
                click.echo(as_line(record))
                progress.step()
    return CLEAN


def _narrowed(kind: str, owner: str | None) -> list[str]:
    """Return the filters for the records of a kind, of one organisation or of all."""
    return [f"dataset_type:{kind}", "state:active", *([f'owner_org:"{owner}"'] if owner else [])]


def _export_register(target: str, user: str, owner: str | None, lang: str, *, private: bool) -> int:
    translate, standard, lost = language(lang).translate, config.standard(), 0
    with Progress() as progress:
        for record in scroll_records(user, *_narrowed(ALGORITHM_TYPE, owner), private=private):
            exported = export_record(target, record, standard=standard)
            for name, message in losses(standard, target, record, exported):
                lost += 1
                click.echo(f"{record['name']}: {name}: {message.render(translate)}", err=True)
            click.echo(as_line(exported))
            progress.step()
    summary = translate(N_("{records} records, {remarks} values without a home or fields left empty."))
    click.echo(summary.format(records=progress.count, remarks=lost), err=True)
    return FINDINGS if lost else CLEAN
