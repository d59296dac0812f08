"""Health of the portal for monitoring systems: results of the doctor checks within two seconds, and Prometheus text.

Checks of one service run in a thread of their own, so that a service that hangs delays no others. There is at most one
thread for each service: a request that comes while it waits takes what it finds until the deadline.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from ckan import model
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder

from ..contributions import Diagnosis, DoctorCheck, Service
from .doctor import SEVERITY, Results, diagnose, timed_out

# Seconds in which a response must be complete, less what the request itself takes.
DEADLINE = 1.6
# Seconds for which a diagnosis is kept in this process, so that many requests cost no more than few; a missing one is
# kept shorter, because the service may just be slow.
KEPT, _KEPT_TIMEOUT = 10.0, 1.0
_PREFIX = "opensmartcity_"


class _Run(threading.Thread):
    """Runs the checks of one service in order. A daemon, so that a service that hangs does not keep the process."""

    def __init__(self, service: Service, checks: list[DoctorCheck]) -> None:
        super().__init__(name=f"health-{service}", daemon=True)
        self._checks = checks
        self._diagnoses: dict[str, tuple[float, Diagnosis]] = {}

    def run(self) -> None:
        """Run the checks, and return the thread's database connection to the pool."""
        try:
            for check in self._checks:
                self._diagnoses[check.id] = time.monotonic(), diagnose(check)
        finally:
            model.Session.remove()

    def recent(self) -> dict[str, Diagnosis]:
        """Return the diagnoses of checks that began less than KEPT seconds ago: this run may hang since long."""
        oldest = time.monotonic() - KEPT
        return {id: diagnosis for id, (begun, diagnosis) in self._diagnoses.copy().items() if begun > oldest}


class _Process:
    """State of this process: the diagnoses by id, each with the time until which it holds, and the last threads."""

    lock = threading.Lock()
    diagnoses: ClassVar[dict[str, tuple[float, Diagnosis]]] = {}
    runs: ClassVar[dict[Service, _Run]] = {}


def results(checks: Iterable[DoctorCheck]) -> Results:
    """Return the diagnosis of each check, at most KEPT seconds old, within DEADLINE seconds."""
    checks, end = list(checks), time.monotonic() + DEADLINE
    # One request at a time runs checks; those that come meanwhile wait for its diagnoses.
    held = _Process.lock.acquire(timeout=DEADLINE)
    try:
        now = time.monotonic()
        found = {id: kept for id, (until, kept) in _Process.diagnoses.items() if until > now}
        if held:
            due = [each for each in checks if each.id not in found]
            new, now = _diagnose(due, end), time.monotonic()
            missing = {each.id: timed_out(each, DEADLINE) for each in due if each.id not in new}
            found |= new | missing
            _Process.diagnoses.update({id: (now + KEPT, each) for id, each in new.items()})
            _Process.diagnoses.update({id: (now + _KEPT_TIMEOUT, each) for id, each in missing.items()})
    finally:
        if held:
            _Process.lock.release()
    return [(each, found.get(each.id) or timed_out(each, DEADLINE)) for each in checks]


def _diagnose(checks: list[DoctorCheck], end: float) -> dict[str, Diagnosis]:
    """Run checks, those of different services at the same time; return the diagnoses that are there at `end`, by id.

    :param end: a time of the monotonic clock
    """
    services = {each.needs for each in checks if each.needs}
    for service in services:
        last = _Process.runs.get(service)
        if last is None or not last.is_alive():
            _Process.runs[service] = _Run(service, [each for each in checks if each.needs == service])
            _Process.runs[service].start()
    found = {each.id: diagnose(each) for each in checks if not each.needs}
    for service in services:
        run = _Process.runs[service]
        run.join(max(0.0, end - time.monotonic()))
        found |= run.recent()
    wanted = {each.id for each in checks}
    return {id: diagnosis for id, diagnosis in found.items() if id in wanted}


class _Collector:
    """Prometheus collector of results: the status of each check, and the gauges that the checks declare."""

    def __init__(self, found: Results) -> None:
        self._found = found

    def collect(self) -> Iterator[Any]:
        """Yield the gauges; those without a value are left out."""
        text = "Status of each check of ckan opensmartcity doctor: 0 ok, 1 warning, 2 error"
        status = GaugeMetricFamily(f"{_PREFIX}check_status", text, labels=["check"])
        for check, diagnosis in self._found:
            status.add_metric([check.id], SEVERITY[diagnosis.status])
        yield status
        for check, diagnosis in self._found:
            for name, description in check.gauges.items():
                if name in diagnosis.gauges:
                    yield GaugeMetricFamily(_PREFIX + name, description, value=diagnosis.gauges[name])


def exposition(found: Results, accept: str) -> tuple[bytes, str]:
    """Return results in Prometheus' text format, or in OpenMetrics if `accept` asks for it, with their media type."""
    # A registry of its own: the library's default one tells about this process alone, not about the portal.
    metrics = CollectorRegistry()
    metrics.register(_Collector(found))
    encode, media_type = choose_encoder(accept)
    return encode(metrics), media_type
