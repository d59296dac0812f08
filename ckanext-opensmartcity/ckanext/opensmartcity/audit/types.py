"""Results of the audit actions."""

from __future__ import annotations

from typing import TypedDict

from ..governance.types import Day, FieldName, FindingResult, IndexLag, RecordTypeName, StandardVersion
from ..search.statistics import CountsDict, StatsRow
from ..standard.assessment import Level


class AuditRowDict(TypedDict):
    """Record with its assessment as of one day. `level` is None for a record that was indexed without one."""

    id: str
    name: str
    title: str
    organization: str | None
    type: RecordTypeName
    private: bool
    level: Level | None
    groups: dict[str, Level]
    missing: list[FieldName]
    unknown: list[FieldName]
    concerns: list[FindingResult]
    errors: list[FindingResult]
    overdue: list[str]
    review_due: Day | None
    retention_due: Day | None


class ExplainedQuestion(TypedDict):
    """Question that a row names, and the rule that requires an answer."""

    label: str
    question: str
    group: str
    rule: str
    message: str


class AuditResult(TypedDict):
    """Result of governance_audit: one page of rows."""

    as_of: Day
    standard: StandardVersion
    total: int
    rows: list[AuditRowDict]
    questions: dict[str, ExplainedQuestion]
    next_cursor: str | None
    index_lag: IndexLag


class StatsResult(CountsDict):
    """Result of governance_stats: counts by type, level, group, gap, concern, overdue date and code."""

    as_of: Day
    standard: StandardVersion
    total: int
    types: dict[str, int]
    codes: dict[str, dict[str, int]]
    by: dict[str, list[StatsRow]]
    index_lag: IndexLag
