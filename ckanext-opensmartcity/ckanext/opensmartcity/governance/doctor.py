"""`ckan opensmartcity doctor`: checks of this portal with a remedy for each finding.

Features register checks in `Feature.doctor_checks`. A check that raises is an error of that check alone. `health` runs
them for monitoring systems; those that need no service are also run when the web server starts.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable
from typing import Literal, TypedDict

import click
from ckan import model

from .. import config, registry
from ..contributions import SERVICE_REMEDIES, Diagnosis, DoctorCheck, Status
from ..standard import language
from ..standard.i18n import N_, Message, Translate

log = logging.getLogger(__name__)

# Severity of a status: also the exit code of the command, and the value of the gauge of each check.
SEVERITY: dict[Status, int] = {"ok": 0, "warning": 1, "error": 2}


class CheckReport(TypedDict):
    """Result of one check; `remedy` is None if nothing is to be done. Both texts are None for whom they are hidden."""

    id: str
    status: Status
    message: str | None
    remedy: str | None


class HealthReport(TypedDict):
    """Results of checks; `status` is the worst of all, also of those that are not listed."""

    status: Status
    checks: list[CheckReport]


Results = list[tuple[DoctorCheck, Diagnosis]]


def active_checks() -> list[DoctorCheck]:
    """Return the checks of the enabled features, without those that the portal has silenced."""
    silenced = config.silenced_checks()
    return [each for each in registry.doctor_checks() if each.id not in silenced]


def diagnose(check: DoctorCheck) -> Diagnosis:
    """Run a check; an exception is an error with the remedy of the service that the check needs."""
    try:
        return check.run()
    except Exception as error:  # noqa: BLE001  (one broken check must not hide the others)
        # An error of PostgreSQL fails all following statements of the transaction.
        model.Session.rollback()
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        text = Message(N_("The check failed: {reason}"), {"reason": reason})
        return Diagnosis("error", text, SERVICE_REMEDIES.get(check.needs))


def timed_out(check: DoctorCheck, seconds: float) -> Diagnosis:
    """Return the diagnosis of a check whose service has not answered in time."""
    text = Message(N_("No answer within {seconds} seconds."), {"seconds": f"{seconds:g}"})
    return Diagnosis("error", text, SERVICE_REMEDIES.get(check.needs))


def worst(results: Results) -> Status:
    """Return the worst status, `ok` without results."""
    return max((diagnosis.status for _, diagnosis in results), key=SEVERITY.__getitem__, default="ok")


def report(results: Results, translate: Translate) -> HealthReport:
    """Return results in the language of `translate`."""
    checks: list[CheckReport] = [
        {
            "id": check.id,
            "status": diagnosis.status,
            "message": diagnosis.message.render(translate),
            "remedy": diagnosis.remedy.render(translate) if diagnosis.remedy else None,
        }
        for check, diagnosis in results
    ]
    return {"status": worst(results), "checks": checks}


def examine(checks: Iterable[DoctorCheck], translate: Translate) -> HealthReport:
    """Run checks one after another and return their results in the language of `translate`."""
    return report([(check, diagnose(check)) for check in checks], translate)


_logged: set[str] = set()


def log_findings() -> None:
    """Log a line for each finding of the checks that need no service. Commands and jobs log nothing: they are many."""
    if click.get_current_context(silent=True):
        return
    for check in active_checks():
        if check.start is None:
            continue
        ((_, diagnosis),) = results = [(check, diagnose(DoctorCheck(check.id, check.start)))]
        (found,) = report(results, str)["checks"]
        line = f"{check.id}: {found['message']} {found['remedy'] or ''}".rstrip()
        # CKAN loads the plugins more than once in a process.
        if diagnosis.status != "ok" and line not in _logged:
            _logged.add(line)
            log.log(
                logging.ERROR if diagnosis.status == "error" else logging.WARNING, "ckanext-opensmartcity: %s", line
            )


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Lines of text, or one JSON object."
)
@click.option("--lang", default="en", help="Language of the messages.")
@click.option("--check", "names", multiple=True, metavar="ID", help="Run only this check; may be repeated.")
def doctor(form: Literal["text", "json"], lang: str, names: tuple[str, ...]) -> None:
    """Check that this portal is set up well, and say what to do if it is not.

    Changes nothing. Exit code 0: all is well; 1: there are warnings; 2: there are errors.
    """
    checks = {each.id: each for each in active_checks()}
    if unknown := [name for name in names if name not in checks]:
        raise click.BadParameter(
            f"there is no check {unknown[0]!r}. There is: {', '.join(checks)}", param_hint="--check"
        )
    found = examine((checks[name] for name in names or checks), language(lang).translate)
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for each in found["checks"]:
            click.echo(f"{each['status']:8}{each['id']}: {each['message']}")
            if each["remedy"]:
                click.echo(f"{'':8}{each['remedy']}")
    sys.exit(SEVERITY[found["status"]])
