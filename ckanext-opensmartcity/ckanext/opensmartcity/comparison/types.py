"""Results of the actions that compare cities. Times are ISO 8601 texts; values are in the order of the cities."""

from __future__ import annotations

from typing import TypedDict


class ComparedCity(TypedDict):
    """City of the comparison, with the state of the last fetch."""

    url: str
    own: bool
    name: str
    kind: str | None
    page: str
    state: str
    problem: str | None
    message: str | None
    detail: str | None
    total: int | None
    as_of: str | None
    standard: dict[str, str] | None
    fetched_at: str | None
    tried_at: str | None
    failing_since: str | None


class _Value(TypedDict):
    count: int
    of: int


class ComparedValue(_Value, total=False):
    """Value of a city; `definition` is its own text if it counts something else under the same id."""

    definition: str | None


class ComparedIndicator(TypedDict):
    """Indicator with a value for each city, None if unknown."""

    id: str
    title: str
    definition: str
    values: list[ComparedValue | None]


class ComparedCharacteristic(TypedDict):
    """Characteristic with its indicators."""

    id: str
    label: str
    question: str
    figures: list[ComparedIndicator]


class ComparisonResult(TypedDict):
    """Comparison of this city with others."""

    cities: list[ComparedCity]
    characteristics: list[ComparedCharacteristic]
    derived: list[ComparedIndicator]


class JobResult(TypedDict):
    """Id of an enqueued background job."""

    job: str
