"""Items of a page that a reader or a program would miss, and the difference of two runs."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

# Numbers, dates, ids and German ages such as "vor 3 Minuten" change between two runs by themselves.
CHANGING = re.compile(r"vor \d+ \w+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|\d+")
INVISIBLE = ("script", "style", "noscript", "template")
MAX_ITEM = 300


@dataclass(frozen=True)
class Page:
    """Answer to one visitor. `owner` is the module of the view; `error` the exception of a response with 5xx."""

    owner: str
    endpoint: str
    path: str
    visitor: str
    status: int
    location: str
    items: list[str]
    error: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Path and visitor, the same in both runs."""
        return self.path, self.visitor

    def dump(self) -> str:
        """Return one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read(file: Path) -> dict[tuple[str, str], Page]:
    """Return the pages of a run by path and visitor."""
    with file.open(encoding="utf-8") as lines:
        pages = (Page(**json.loads(line)) for line in lines)
        return {page.key: page for page in pages}


def read_items(media_type: str, body: bytes) -> list[str]:
    """Return the items of a body: texts, links and inputs of HTML, values of JSON by their paths, lines of others."""
    text = body.decode("utf-8", "replace")
    if media_type == "text/html":
        parser = _Items()
        parser.feed(text)
        return parser.items
    if "json" in media_type:
        with suppress(ValueError):  # JSON Lines are compared by lines
            return [f"{path}={value}"[:MAX_ITEM] for path, value in _leaves(json.loads(text))]
    if media_type.startswith("text/") or "xml" in media_type or "json" in media_type:
        return [line.strip()[:MAX_ITEM] for line in text.splitlines() if line.strip()]
    return []


class _Items(HTMLParser):
    """Visible texts, addresses of links, forms and pictures, names of inputs, and JSON-LD."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in INVISIBLE and given.get("type") != "application/ld+json":
            self._hidden.append(tag)
        if tag in ("a", "img", "form", "iframe", "input", "select", "textarea", "button"):
            kept = {name: given[name] for name in ("href", "src", "action", "name", "data-module") if given.get(name)}
            if kept:
                self.items.append(f"<{tag}> " + " ".join(f"{name}={value}" for name, value in kept.items()))

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and self._hidden[-1] == tag:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not self._hidden:
            self.items.append(text[:MAX_ITEM])


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, f"{path}[]")
    elif isinstance(value, str):
        yield from ((path, line.strip()) for line in value.splitlines() or [""])
    else:
        yield path, value


def lost_items(before: Page, after: Page) -> list[str]:
    """Return the items of a page that it has no longer, however often it had them; numbers and ids are not compared."""
    kept = Counter(map(_masked, after.items))
    return [item for item, count in Counter(map(_masked, before.items)).items() if kept[item] < count]


def _masked(item: str) -> str:
    return CHANGING.sub("#", item)


def links_beside_mount(pages: Iterable[Page], site: str, mount: str) -> dict[str, set[str]]:
    """Return the addresses of this portal that lead beside the folder where it is, by endpoint."""
    address = re.compile(rf"(?:^<\w+> (?:href|src|action)=|{re.escape(site)})(/[^/\s][^\s\"'<>]*)")
    wrong: dict[str, set[str]] = {}
    for page in pages:
        found = {match[1] for item in page.items if (match := address.search(item))}
        if outside := {path for path in found if not f"{path}/".startswith(f"{mount}/")}:
            wrong[page.endpoint] = wrong.get(page.endpoint, set()) | outside
    return wrong
