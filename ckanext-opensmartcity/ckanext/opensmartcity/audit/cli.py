"""`ckan opensmartcity audit` and `export`: the assessment of every record as text, and exports as files."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
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
filter_option = click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Only records that match a filter of governance_audit, such as level=silent,started. May be repeated.",
)


@click.command("audit")
@filter_option
@click.option("--include-private/--public-only", "private", default=False, help="Also records that are not public.")
@click.option("--user", default=None, help="The user who audits; the site user by default.")
@click.option("--lang", default="en", help="Language of the words.")
def audit_records(filters: tuple[str, ...], private: bool, user: str | None, lang: str) -> None:
    """Print one line per record with its level, gaps and the rules that it meets; then the number of records per level.

    `ckan opensmartcity export --to csv` writes the same as a file.
    """
    translate, levels = language(lang).translate, Counter[str]()
    with one_line_errors():
        for row in export_of(filters, acting_user(user), lang, private=private).rows():
            levels[row.assessment["level"]] += 1
            click.echo(_line(row, translate))
    for level, label in LEVEL_LABELS.items():
        click.echo(f"{translate(label)} – {levels[level]}", err=True)


def _line(row: AuditRow, translate: Translate) -> str:
    assessment = row.assessment
    level = translate(LEVEL_LABELS[assessment["level"]]) if assessment["level"] else "?"
    parts = {
        N_("missing"): assessment["missing"],
        N_("not known"): assessment["unknown"],
        N_("meets"): [finding["rule"] for finding in (*assessment["errors"], *assessment["concerns"])],
        N_("overdue"): assessment["overdue"],
    }
    details = "; ".join(f"{translate(name)} {', '.join(values)}" for name, values in parts.items() if values)
    return f"{row.record['name']}: {level}{details and f' ({details})'}"


def export_of(filters: Iterable[str], user: str, lang: str, *, private: bool, **more: str) -> Export:
    """Parse the filters of a command (NAME=VALUE) into an export; raise BadParameter if one is not of this form."""
    params: dict[str, Any] = {}
    for text in filters:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.BadParameter(f"write NAME=VALUE, not {text!r}", param_hint="--filter")
        params[name] = value
    return read_export(user, {**params, **more, "lang": lang, "include_private": private})


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn invalid filters, missing permissions and a search that is down into errors of one line."""
    try:
        yield
    except tk.ValidationError as error:
        message = "; ".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in error.error_dict.items())
        raise click.UsageError(message) from error
    except (SearchError, SolrConnectionError) as error:
        raise click.ClickException("The search does not answer: is Solr running?") from error
    except tk.NotAuthorized as error:
        raise click.ClickException("This user may not search.") from error


def write_export(export: Export, form: str, output: Path) -> None:
    """Write an export to a file with a manifest beside it, or to standard output."""
    manifest = export.manifest() if output != STDOUT else None
    digest = hashlib.sha256()
    with Progress() as progress, click.open_file(str(output), "wb") as file:

        def counted_pages() -> Iterator[list[AuditRow]]:
            for page in export.pages():
                yield page
                for _ in page:
                    progress.step()

        parts = write(counted_pages(), FORMATS[form](), begun=export.begun)
        for part in compress(parts) if output.suffix == ".gz" else parts:
            digest.update(part)
            file.write(part)
    if manifest is not None:
        manifest |= {"file": output.name, "rows": progress.count, "sha256": digest.hexdigest()}
        beside = output.with_name(f"{output.name}.manifest.json")
        beside.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        click.echo(f"Cite it by {beside.name}.", err=True)
    click.echo(f"{progress.count} rows written.", err=True)


TARGETS = click.Choice([*FORMATS, OWN, *register_ids()])


@click.command("export")
@click.option(
    "--to",
    "target",
    required=True,
    type=TARGETS,
    help="Assessed records (csv, jsonl), whole records, or records for a register.",
)
@click.option("--organization", default=None, help="Only the records of this organisation.")
@filter_option
@click.option(
    "--output",
    default="-",
    type=click.Path(path_type=Path),
    help="File for csv or jsonl; compressed if it ends in .gz.",
)
@click.option("--cursor", default=None, help="Continue after the last cursor of an interrupted file.")
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
    """Export all records with their assessment, or whole, or the algorithms for another register.

    A file of assessed records (csv, jsonl) gets a manifest beside it, by which it can be cited. opensmartcity: whole
    records, which `import --from opensmartcity` reads back. For a register: JSON Lines; values that the other register
    cannot hold, and required fields without a value, are listed on standard error. Exit code 0: nothing was lost; 1:
    something was.
    """
    actor, owner = acting_user(user), existing_organization(organization) if organization else None
    if target not in FORMATS:
        if filters or cursor or str(output) != "-":
            raise click.UsageError("--filter, --cursor and --output are for csv and jsonl")
        if target == OWN:
            sys.exit(_export_own(actor, owner, private=private))
        sys.exit(_export_register(target, actor, owner, lang, private=private))
    more = {name: value for name, value in (("organization", owner), ("cursor", cursor)) if value}
    with one_line_errors():
        write_export(export_of(filters, actor, lang, private=private, **more), target, output)


def _export_own(user: str, owner: str | None, *, private: bool) -> int:
    """Write whole records; algorithms first, because a dataset may reference only existing ones."""
    kinds = sorted(config.standard().types, key=lambda kind: kind != ALGORITHM_TYPE)
    with Progress() as progress:
        for kind in kinds:
            for record in scroll_records(user, *_type_filters(kind, owner), private=private):
                click.echo(as_line(record))
                progress.step()
    return CLEAN


def _type_filters(kind: str, owner: str | None) -> list[str]:
    """Return the search filters for the records of a type, of one organisation or of all."""
    return [f"dataset_type:{kind}", "state:active", *([f'owner_org:"{owner}"'] if owner else [])]


def _export_register(target: str, user: str, owner: str | None, lang: str, *, private: bool) -> int:
    translate, standard, lost = language(lang).translate, config.standard(), 0
    with Progress() as progress:
        for record in scroll_records(user, *_type_filters(ALGORITHM_TYPE, owner), private=private):
            exported = export_record(target, record, standard=standard)
            for name, message in losses(standard, target, record, exported):
                lost += 1
                click.echo(f"{record['name']}: {name}: {message.render(translate)}", err=True)
            click.echo(as_line(exported))
            progress.step()
    summary = translate(N_("{records} records, {remarks} values without a home or fields left empty."))
    click.echo(summary.format(records=progress.count, remarks=lost), err=True)
    return FINDINGS if lost else CLEAN
