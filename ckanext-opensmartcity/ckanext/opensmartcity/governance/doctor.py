"""`ckan opensmartcity doctor`: checks of this portal with a remedy for each finding, and the checks of the core.

Features register checks of their own in `Feature.doctor_checks`. A check that raises is an error of that check alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from importlib.resources import files
from typing import Literal, TypedDict

import ckan.plugins.toolkit as tk
import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from ckan import model
from ckan.common import config_declaration
from ckan.lib import jobs
from rq import Worker

from .. import config, registry
from ..contributions import Diagnosis, DoctorCheck, Status
from ..standard import language
from ..standard.i18n import N_, Message, Translate
from ..standard.yaml_source import closest

_VERSION_TABLE = "opensmartcity_alembic_version"
_EXIT_CODES: dict[Status, int] = {"ok": 0, "warning": 1, "error": 2}


class CheckReport(TypedDict):
    """Result of one check; `remedy` is None if nothing is to be done."""

    id: str
    status: Status
    message: str
    remedy: str | None


class Report(TypedDict):
    """Results of all checks; `status` is the worst of them."""

    status: Status
    checks: list[CheckReport]


def examine(checks: Iterable[DoctorCheck], translate: Translate) -> Report:
    """Run the checks and return their results in the language of `translate`."""
    reports: list[CheckReport] = []
    for check in checks:
        try:
            diagnosis = check.run()
        except Exception as error:  # noqa: BLE001  (one broken check must not hide the others)
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
            diagnosis = Diagnosis("error", Message(N_("The check failed: {reason}"), {"reason": reason}))
            # An error of PostgreSQL fails all following statements of the transaction.
            model.Session.rollback()
        remedy = diagnosis.remedy.render(translate) if diagnosis.remedy else None
        message = diagnosis.message.render(translate)
        reports.append({"id": check.id, "status": diagnosis.status, "message": message, "remedy": remedy})
    worst: Status = max((each["status"] for each in reports), key=_EXIT_CODES.__getitem__, default="ok")
    return {"status": worst, "checks": reports}


def check_migrations() -> Diagnosis:
    """Compare the version of our tables with the newest migration of this package."""
    scripts = ScriptDirectory(str(files("ckanext.opensmartcity") / "migration" / "opensmartcity"))
    context = MigrationContext.configure(model.Session.connection(), opts={"version_table": _VERSION_TABLE})
    if set(context.get_current_heads()) == set(scripts.get_heads()):
        return Diagnosis("ok", Message(N_("All migrations are applied.")))
    return Diagnosis(
        "error",
        Message(N_("The tables of the plugin are missing or of an earlier version.")),
        Message(N_("Run: ckan db upgrade")),
    )


def check_options() -> Diagnosis:
    """Find options with our prefix that nobody has declared, such as misspelled ones, which have no effect."""
    declared = {str(key) for key in config_declaration.iter_options(pattern=f"{config.PREFIX}*")}
    unknown = sorted(key for key in tk.config if key.startswith(config.PREFIX) and key not in declared)
    if not unknown:
        return Diagnosis("ok", Message(N_("All options of the plugin are known.")))
    names = ", ".join(key + (f" → {near}" if (near := closest(key, declared)) else "") for key in unknown)
    return Diagnosis(
        "warning",
        Message(N_("Options without effect, with the nearest known name: {names}"), {"names": names}),
        Message(N_("Correct or remove them in the configuration file of CKAN.")),
    )


def check_worker() -> Diagnosis:
    """Look for a worker of the job queue, which sends mail, checks links and signs the ledger."""
    queue = jobs.get_queue()
    if Worker.count(queue=queue):
        return Diagnosis("ok", Message(N_("A worker runs the background jobs.")))
    waiting = len(queue)
    return Diagnosis(
        "error" if waiting else "warning",
        Message(N_("No worker is running. Background jobs that wait: {count}"), {"count": str(waiting)}),
        Message(N_("Run `ckan jobs worker` as a service.")),
    )


CHECKS = (
    DoctorCheck("migrations", check_migrations),
    DoctorCheck("options", check_options),
    DoctorCheck("worker", check_worker),
)


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Lines of text, or one JSON object."
)
@click.option("--lang", default="en", help="Language of the messages.")
def doctor(form: Literal["text", "json"], lang: str) -> None:
    """Check that this portal is set up well, and say what to do if it is not.

    Changes nothing. Exit code 0: all is well; 1: there are warnings; 2: there are errors.
    """
    report = examine(registry.doctor_checks(), language(lang).translate)
    if form == "json":
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        for each in report["checks"]:
            click.echo(f"{each['status']:8}{each['id']}: {each['message']}")
            if each["remedy"]:
                click.echo(f"{'':8}{each['remedy']}")
    sys.exit(_EXIT_CODES[report["status"]])
