"""Results of the audit actions."""

from __future__ import annotations

from typing import Any, TypedDict


class StandardVersion(TypedDict):
    """Version and digest of the standard by which records were assessed."""

    version: str
    digest: str


class IndexLag(TypedDict):
    """Lag of the search index: public records that are not indexed yet, or were assessed by old rules."""

    records: int
    stale: bool
    outdated: int
    message: str | None


class AuditFinding(TypedDict):
    """Error or concern of a record, with its message in the reader's language."""

    rule: str
    fields: list[str]
    message: str


class AuditRowDict(TypedDict):
    """Record with its assessment as of one day. `level` is None for a record that was indexed without one."""

    id: str
    name: str
    title: str
    organization: str | None
    type: str
    private: bool
    level: str | None
    groups: dict[str, str]
    missing: list[str]
    unknown: list[str]
    concerns: list[AuditFinding]
    errors: list[AuditFinding]
    overdue: list[str]
    review_due: str | None
    retention_due: str | None


class ExplainedQuestion(TypedDict):
    """Question that a row names, and the rule that requires an answer."""

    label: str
    question: str
    group: str
    rule: str
    message: str


class AuditResult(TypedDict):
    """Result of governance_audit: one page of rows."""

    as_of: str
    standard: StandardVersion
    total: int
    rows: list[AuditRowDict]
    questions: dict[str, ExplainedQuestion]
    next_cursor: str | None
    index_lag: IndexLag


class StatsResult(TypedDict):
    """Result of governance_stats: counts by type, level, group, gap, concern, overdue date and code."""

    as_of: str
    standard: StandardVersion
    total: int
    types: dict[str, int]
    levels: dict[str, int]
    groups: dict[str, dict[str, int]]
    missing: dict[str, int]
    unknown: dict[str, int]
    concerns: dict[str, int]
    overdue: dict[str, int]
    codes: dict[str, dict[str, int]]
    by: dict[str, list[dict[str, Any]]]
    index_lag: IndexLag
