"""Atom feeds of changes (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
# Feed readers show the first lines only.
_MOST_SENTENCES = 5


@dataclass(frozen=True)
class Feed:
    """Head and entries of a feed: events with the name and title of their subject, and answers to residents.

    `address` and `page` are built from `ckan.site_url`: the Host header of a request must not become the id of a feed.
    """

    title: str
    page: str
    address: str
    events: Iterable[Mapping[str, Any]]
    answers: Iterable[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class FeedEntry:
    """Entry of a feed; `at` is a time in ISO 8601."""

    id: str
    title: str
    at: str
    author: str
    link: str
    summary: str

    @classmethod
    def of_event(cls, event: Mapping[str, Any]) -> FeedEntry:
        """Return the entry of an event, which links to its proof page."""
        reader = language(request_language())
        sentences = [change_in_words(change, reader) for change in event["changes"]]
        return cls(
            id=event["id"],
            title=f"{event['subject'].get('title') or event['subject']['id']}: {event['action_label']}",
            at=event["at"],
            author=event["actor"]["label"],
            link=str(tk.url_for("opensmartcity_ledger.event", id=event["id"], qualified=True)),
            summary="\n".join(sentences[:_MOST_SENTENCES]),
        )

    @classmethod
    def of_answer(cls, answer: Mapping[str, Any]) -> FeedEntry:
        """Return the entry of an answered question of a resident."""
        return cls(
            id=answer["id"],
            title=str(tk._("{title}: a question is answered")).format(title=answer["title"]),
            at=answer["at"],
            author=answer["by"],
            link=answer["url"],
            summary=f"{answer['text']}\n\n{answer['answer']}",
        )


def write_feed(feed: Feed) -> Response:
    """Return the response with a feed in the language of the request, newest entries first."""
    atom = FeedGenerator()
    atom.id(feed.address)
    atom.title(without_controls(feed.title))
    atom.link(href=feed.page, rel="alternate", type="text/html")
    atom.link(href=feed.address, rel="self", type="application/atom+xml")
    atom.language(request_language())
    atom.author(name=without_controls(str(tk.config["ckan.site_title"])))
    entries = [*map(FeedEntry.of_event, feed.events), *map(FeedEntry.of_answer, feed.answers)]
    entries.sort(key=lambda entry: datetime.fromisoformat(entry.at.replace("Z", "+00:00")), reverse=True)
    atom.updated(entries[0].at if entries else "1970-01-01T00:00:00Z")
    for entry in entries:
        element = atom.add_entry(order="append")
        element.id(f"urn:uuid:{entry.id}")
        element.title(without_controls(entry.title))
        element.updated(entry.at)
        element.published(entry.at)
        element.author(name=without_controls(entry.author))
        element.link(href=entry.link, rel="alternate")
        element.summary(without_controls(entry.summary))
    return make_response(atom.atom_str(pretty=True), {"Content-Type": _MEDIA_TYPE})
