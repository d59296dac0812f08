"""Registry of all pages of the plugin, for tests and pictures that cover every page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Examples:
    """Names of the records that the pages show, and the id of an event of the dataset."""

    dataset: str
    system: str
    organization: str
    event: str


def public_pages(of: Examples) -> dict[str, str]:
    """Return the paths of public pages by a short name."""
    return {
        "dataset": f"/dataset/{of.dataset}/transparency",
        "history": f"/dataset/{of.dataset}/transparency/history",
        "event": f"/transparency/ledger/event/{of.event}",
        "system": f"/algorithm/{of.system}",
        "system-history": f"/algorithm/{of.system}/transparency/history",
        "register": "/algorithm/",
        "city": "/transparency",
        "standard": "/transparency/standard",
        "ledger": "/transparency/ledger",
        "search": "/dataset/",
        "search-figure": "/dataset/?ext_figure_rest=owner",
        "organization": f"/organization/{of.organization}",
        "questions": f"/dataset/{of.dataset}/questions",
        "stories": f"/dataset/{of.dataset}/stories",
        "all-questions": "/transparency/questions",
        "all-stories": "/transparency/stories",
        "links": "/transparency/links",
        "disposals": "/transparency/disposals",
        "receipt": "/transparency/receipt",
        "cities": "/transparency/compare",
    }


def steward_pages(of: Examples) -> dict[str, str]:
    """Return the paths of pages for stewards by a short name."""
    return {
        "new-dataset": "/dataset/new",
        "edit-dataset": f"/dataset/edit/{of.dataset}",
        "governance": f"/dataset/{of.dataset}/governance",
        "form-privacy": f"/dataset/{of.dataset}/governance/privacy",
        "form-retention": f"/dataset/{of.dataset}/governance/retention",
        "form-control": f"/algorithm/{of.system}/governance/control",
        "usual-answers": f"/organization/{of.organization}/usual-answers/dataset/sovereignty",
        "settling": f"/dataset/{of.dataset}/questions",
        "deciding": f"/dataset/{of.dataset}/stories",
        "to-do": "/stewardship/questions",
        "dataset-as-steward": f"/dataset/{of.dataset}/transparency",
        "city-as-steward": "/transparency",
    }
