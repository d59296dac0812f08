"""Load the demo city into an empty portal, with the two years of changes, questions and stories of city/history.yaml.

Runs as a process of its own: `python -m ckanext.opensmartcity.portal.demo_history INI FOLDER`. The clock of this
process is set to the day of each step, so that the portal records these days. That is right only before the ledger has
been signed: a signed log must not be continued with events of earlier days. The city's about page says how its history
was made. No option of the product can do this.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import time_machine
import yaml
from ckan.cli import load_config
from ckan.config.middleware import make_app
from ckan.lib import search

from . import demo
from .client import ActionError

FILE = demo.FOLDER / "history.yaml"
# Nothing is signed while the city is loaded, and Solr commits once.
SETTINGS = {"ckanext.opensmartcity.checkpoint_minutes": 0, "ckan.search.solr_commit": False}
# User name of a visitor without an account.
ANYBODY = ""

Record = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """An action that somebody takes on a day."""

    day: date
    by: str
    take: Callable[[InProcessClient], Any]


class InProcessClient:
    """Calls actions of this process as a user, by default the city's sysadmin, as `Client` does over HTTP."""

    def __init__(self, user: str | None = None) -> None:
        self.user = demo.sysadmin_name() if user is None else user

    def call(self, action: str, **data: Any) -> Any:
        """Call an action and return its result; raise ActionError if it fails."""
        try:
            return tk.get_action(action)({"user": self.user}, data)
        except (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound) as error:
            raise ActionError(f"{action}: {type(error).__name__} {error}") from error

    def exists(self, action: str, name: str) -> bool:
        """Return whether a …_show action finds a record."""
        try:
            tk.get_action(action)({"user": self.user}, {"id": name})
        except tk.ObjectNotFound:
            return False
        return True


def main(ini: str, folder: str) -> None:
    """Load organizations, logins and people at the first day, then take every step at its day."""
    app = make_app(load_config(ini))._wsgi_app
    tk.config.update(SETTINGS)
    today = datetime.now().astimezone().date()
    city, history = demo.read_city(today), read_history(today)
    first = min(history["start"], *(step.day for step in steps(city, history)))
    run(app, first, 0, lambda: demo.load_people(InProcessClient(), Path(folder), city, history["people"]))
    for number, step in enumerate(sorted(steps(city, history), key=lambda step: step.day), 1):
        run(app, step.day, number, partial(step.take, InProcessClient(step.by)))
    run(app, today, 0, lambda: demo.load_city(InProcessClient(), Path(folder)))
    search.commit()


def run(app: Any, day: date, number: int, take: Callable[[], Any]) -> None:
    """Do something within a request of its own, in office hours of a day, from an address of its own."""
    now = datetime.now(timezone.utc)
    at = min(datetime.combine(day, time(7), timezone.utc) + timedelta(minutes=7 * (number % 70)), now)
    address = {"REMOTE_ADDR": f"127.0.{number // 250}.{number % 250 + 1}"}
    with time_machine.travel(at), app.test_request_context(environ_base=address):
        take()


def read_history(today: date, file: Path = FILE) -> dict[str, Any]:
    """Read the file, with its days as dates."""
    history: dict[str, Any] = demo.resolve_dates(yaml.safe_load(file.read_text(encoding="utf-8")), today)
    history["start"] = date.fromisoformat(history["start"])
    return history


def steps(city: demo.City, history: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the steps of all records, of removed ones, questions and stories; algorithms first on the same day."""
    for package in city.packages:
        for number, state in enumerate(stated(package, history)):
            data = as_it_was(package, state)
            yield Step(_day(state["day"]), state["by"], partial(update if number else create, record=data))
    for removed in history["removed"]:
        yield Step(_day(removed["day"]), removed["by"], partial(create, record=removed["record"]))
        yield Step(_day(removed["deleted"]), removed["by"], partial(delete, name=removed["record"]["name"]))
    for question in history["questions"]:
        settled = _day(question.get("answered") or question["asked"])
        yield Step(_day(question["asked"]), ANYBODY, partial(ask, question=question))
        yield Step(settled, question.get("by") or demo.sysadmin_name(), partial(settle, question=question))
    for story in history["stories"]:
        yield Step(_day(story["told"]), ANYBODY, partial(tell, story=story))
        yield Step(_day(story["told"]), story["by"], partial(show, story=story))


def stated(package: Record, history: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the states of a record: those that the file names, or two by its defaults."""
    if package["name"] in history["steps"]:
        return list(history["steps"][package["name"]])
    people, default = history["editors"][package["owner_org"]], history["default"][package.get("type", "dataset")]
    writer, reviewed = people[default["by"]], package.get(history["review"])
    if not reviewed:
        return [{"day": history["start"].isoformat(), "by": writer}]
    begun = max(_day(reviewed) - timedelta(days=history["lead"]), history["start"])
    return [
        {"day": begun.isoformat(), "by": writer, "missing": default["missing"]},
        {"day": reviewed, "by": people[default["completed_by"]]},
    ]


def as_it_was(package: Record, state: Mapping[str, Any]) -> Record:
    """Return a record without the answers that were missing, and with the values of that time."""
    missing = tuple(state.get("missing", ()))
    kept = {name: value for name, value in package.items() if not (missing and name.startswith(missing))}
    return {**kept, **state.get("then", {})}


def create(client: InProcessClient, record: Record) -> None:
    """Create a record."""
    client.call("package_create", **record)


def update(client: InProcessClient, record: Record) -> None:
    """Replace a record by a later state of it."""
    client.call("package_update", id=record["name"], **record)


def delete(client: InProcessClient, name: str) -> None:
    """Delete a record."""
    client.call("package_delete", id=name)


def ask(client: InProcessClient, question: Mapping[str, Any]) -> None:
    """Ask a question without an account."""
    client.call("governance_question_create", id=question["record"], text=question["text"], publish_anyway=True)


def settle(client: InProcessClient, question: Mapping[str, Any]) -> None:
    """Show a question, and answer it if an answer is given."""
    waiting = client.call("governance_question_list", id=question["record"])["questions"]
    asked = next(each["id"] for each in waiting if each["text"] == question["text"])
    client.call("governance_question_allow", id=asked)
    if question.get("answer"):
        changes = {"changes_record": True} if question.get("changes_record") else {}
        client.call("governance_question_answer", id=asked, answer=question["answer"], **changes)


def tell(client: InProcessClient, story: Mapping[str, Any]) -> None:
    """Tell a story without an account."""
    told = {name: story[name] for name in ("kind", "title", "text")}
    client.call("governance_story_create", id=story["record"], publish_anyway=True, **told)


def show(client: InProcessClient, story: Mapping[str, Any]) -> None:
    """Show a story that waits."""
    listed = client.call("governance_story_list", id=story["record"])["stories"]
    waiting = next(each["id"] for each in listed if each["title"] == story["title"])
    client.call("governance_story_moderate", id=waiting, decision="show")


def _day(text: str) -> date:
    return date.fromisoformat(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
