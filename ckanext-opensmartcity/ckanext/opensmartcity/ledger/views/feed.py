"""Changes as an Atom feed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from feedgen.feed import FeedGenerator
from flask import Response, make_response

from ...governance.governance import request_language
from ...ledger_format.event_text import change_in_words
from ...standard import language
from ...standard.answers import without_controls

_MEDIA_TYPE = "application/atom+xml; charset=utf-8"
# A feed reader shows the first lines; the page has them all.
_MOST_SENTENCES = 5

_Adding = Callable[[FeedGenerator, dict[str, Any]], None]


@dataclass(frozen=True)
class Feed:
    """The head of a feed and the events that it tells: each with the name and title of its subject."""

    title: str
    page: str
    address: str
    events: Iterable[dict[str, Any]]
    answers: Iterable[dict[str, Any]] = ()


def write_feed(feed: Feed) -> Response:
    """Answer with a feed in the language of the request."""
    made = FeedGenerator()
    made.id(feed.address)
    made.title(without_controls(feed.title))
    made.link(href=feed.page, rel="alternate", type="text/html")
    made.link(href=feed.address, rel="self", type="application/atom+xml")
    made.language(request_language())
    made.author(name=without_controls(str(tk.config["ckan.site_title"])))
    told: list[tuple[str, _Adding, dict[str, Any]]] = [(event["at"], _add, event) for event in feed.events]
    told += [(answer["at"], _add_answer, answer) for answer in feed.answers]
    told.sort(key=lambda each: datetime.fromisoformat(each[0].replace("Z", "+00:00")), reverse=True)
    made.updated(told[0][0] if told else "1970-01-01T00:00:00Z")
    for _, add, each in told:
        add(made, each)
    return make_response(made.atom_str(pretty=True), {"Content-Type": _MEDIA_TYPE})


def _add(made: FeedGenerator, event: dict[str, Any]) -> None:
    entry = made.add_entry(order="append")
    entry.id(f"urn:uuid:{event['id']}")
    entry.title(without_controls(f"{event['subject'].get('title') or event['subject']['id']}: {event['action_label']}"))
    entry.updated(event["at"])
    entry.published(event["at"])
    entry.author(name=without_controls(event["actor"]["label"]))
    entry.link(href=_address(event), rel="alternate")
    reader = language(request_language())
    sentences = [change_in_words(change, reader) for change in event["changes"]]
    entry.summary(without_controls("\n".join(sentences[:_MOST_SENTENCES])))


def _add_answer(made: FeedGenerator, answer: dict[str, Any]) -> None:
    entry = made.add_entry(order="append")
    entry.id(f"urn:uuid:{answer['id']}")
    entry.title(without_controls(str(tk._("{title}: a question is answered")).format(title=answer["title"])))
    entry.updated(answer["at"])
    entry.published(answer["at"])
    entry.author(name=without_controls(answer["by"]))
    entry.link(href=answer["url"], rel="alternate")
    entry.summary(without_controls(f"{answer['text']}\n\n{answer['answer']}"))


def _address(event: dict[str, Any]) -> str:
    return str(tk.url_for("opensmartcity_ledger.event", id=event["id"], qualified=True))
