"""Results of the run: what changed, and the table of docs/compatibility.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from .configuration import MOUNT, OPTIONS, PROJECT
from .extensions import CKAN_PLUGINS, EXTENSIONS
from .pages import Page, links_beside_mount, lost_items

Key = tuple[str, str]
DOCUMENT = PROJECT / "docs" / "compatibility.md"
OURS = "ckanext.opensmartcity"
CORE = (
    "ckan.",
    *(f"ckanext.{name}." for name in ("activity", "stats", "resourceproxy", "datastore", "datatablesview")),
)
# Items that pages may lose, with the reason.
EXPLAINED = {
    "Yes": "German now: our catalogue has a translation that CKAN's lacks",
    "No": "German now: our catalogue has a translation that CKAN's lacks",
}


@dataclass(frozen=True)
class Results:
    """Pages before and after, and ours with content of ours, by path and visitor.

    `problems` are the extensions that were left out, with the reason.
    """

    ckan: str
    problems: Mapping[str, str]
    before: Mapping[Key, Page]
    after: Mapping[Key, Page]
    own: Mapping[Key, Page]

    @cached_property
    def changed(self) -> list[tuple[Page, Page | None]]:
        """Pages of others with another status, or another goal of a redirect."""
        pairs = [(page, self.after.get(key)) for key, page in self.before.items()]
        return [(old, new) for old, new in pairs if not new or (old.status, old.location) != (new.status, new.location)]

    @cached_property
    def lost(self) -> dict[Key, list[str]]:
        """Items that pages of others have lost, by path and visitor."""
        pairs = ((key, page, self.after.get(key)) for key, page in self.before.items())
        found = {key: lost_items(old, new) for key, old, new in pairs if new and old.status == new.status == 200}
        unexplained = {key: [item for item in items if item not in EXPLAINED] for key, items in found.items()}
        return {key: items for key, items in unexplained.items() if items}

    @cached_property
    def ours(self) -> list[Page]:
        """Pages of our plugin, and those of the register, which are CKAN's."""
        return list(self.own.values())

    @cached_property
    def beside_mount(self) -> dict[str, set[str]]:
        """Links of our pages that lead beside the folder of the portal."""
        return links_beside_mount(self.ours, OPTIONS["ckan.site_url"], MOUNT)

    @property
    def failed(self) -> bool:
        """Whether a page has another status or has lost content, or a page of ours fails or leads astray."""
        return bool(self.changed or self.lost or self.beside_mount or _failures(self.ours))

    def details(self) -> str:
        """Return one line for each finding."""
        lines = [f"{name}: {reason}" for name, reason in self.problems.items()]
        broken = Counter((page.owner, page.endpoint, page.error) for page in _failures(self.before.values()))
        lines += [f"fails without us too ({count}): {' '.join(page)}" for page, count in broken.items()]
        lines += [
            f"CHANGED {old.path} as {old.visitor}: {old.status} {old.location} -> "
            + (f"{new.status} {new.location} {new.error}" if new else "gone")
            for old, new in self.changed
        ]
        lines += [f"LOST {path} as {visitor}: {items[:8]}" for (path, visitor), items in self.lost.items()]
        lines += [f"OURS {page.path} as {page.visitor}: {page.status} {page.error}" for page in _failures(self.ours)]
        lines += [f"BESIDE {MOUNT}: {endpoint}: {sorted(links)[:5]}" for endpoint, links in self.beside_mount.items()]
        statuses = Counter(page.status for page in self.ours)
        lines.append(f"pages of others: {len(self.before)}, ours: {len(self.ours)} with statuses {dict(statuses)}")
        return "\n".join(lines)

    def write(self) -> None:
        """Write the table of this version of CKAN into docs/compatibility.md."""
        begin, end = f"<!-- neighbours {self.ckan} -->", f"<!-- end of neighbours {self.ckan} -->"
        text = DOCUMENT.read_text(encoding="utf-8")
        part = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
        DOCUMENT.write_text(part.sub(lambda _: f"{begin}\n{self.table()}\n{end}", text), encoding="utf-8")

    def table(self) -> str:
        """Return the rows: extension, version, pages opened, failures without our plugin, and what changed with it."""
        rows = ["| extension | version | pages | fail without the plugin | other status or content with it |"]
        rows.append("|---|---|--:|--:|--:|")
        rows.append(self._row("CKAN", self.ckan, CORE, f"with {', '.join(f'`{name}`' for name in CKAN_PLUGINS)}"))
        for each in EXTENSIONS:
            if each.name in self.problems:
                rows.append(f"| {each.name} | {each.source} | {self.problems[each.name].replace('|', '/')} | | |")
            else:
                rows.append(self._row(each.name, each.source, (f"{each.module}.",)))
        rows.append(f"| this plugin and its register | | {len(self.ours)} | | {len(_failures(self.ours))} |")
        return "\n".join(rows)

    def _row(self, name: str, version: str, modules: tuple[str, ...], note: str = "") -> str:
        own = [page for page in self.before.values() if f"{page.owner}.".startswith(modules)]
        keys = {page.key for page in own}
        changed = {old.key for old, _ in self.changed} | self.lost.keys()
        pages = str(len(own)) if own else "none of its own"
        label = f"{name}, {note}" if note else name
        return f"| {label} | {version} | {pages} | {len(_failures(own))} | {len(keys & changed)} |"


def _failures(found: Iterable[Page]) -> list[Page]:
    return [page for page in found if page.status >= 500]
