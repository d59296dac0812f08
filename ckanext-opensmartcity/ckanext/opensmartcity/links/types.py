"""Results of the actions of the link checker. Times are ISO 8601 texts."""

from __future__ import annotations

from typing import TypedDict


class LinkResult(TypedDict):
    """Result of the last check of a URL; `state` is None before the first check."""

    url: str
    state: str | None
    problem: str | None
    status: int | None
    message: str | None
    checked_at: str | None
    reached_at: str | None
    failing_since: str | None


class ResourceLink(LinkResult):
    """Link of a resource."""

    resource: str
    name: str | None


class DatasetReference(TypedDict):
    """Dataset that contains a link."""

    name: str
    type: str
    title: str


class ListedLink(LinkResult):
    """Link with up to five datasets that contain it."""

    datasets: list[DatasetReference]


class LinksResult(TypedDict):
    """Links of one dataset."""

    dataset: str
    links: list[ResourceLink]


class LinkPage(TypedDict):
    """Page of links in a state."""

    state: str
    links: list[ListedLink]
    next_cursor: str | None


class JobResult(TypedDict):
    """Id of an enqueued background job."""

    job: str
