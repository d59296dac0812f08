"""Roles of fields and rules, and traits of codes: the names by which code refers to a standard.

YAML gives fields, rules and codes any names. A field with `role: review_due` is the one from which overdue reviews are
computed, a rule with `role: wrong_kind` the one that the parser of answers reports, and a code with
`traits: [about_people]` is one for which conditions with `{trait: about_people}` hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class FieldRole(str, Enum):
    """Parts that a field can play in its record type."""

    OWNER = "owner"
    CONTACT = "contact"
    REVIEWED_ON = "reviewed_on"
    REVIEW_DUE = "review_due"
    OPENNESS = "openness"
    RETENTION_RULE = "retention_rule"
    RETENTION_PERIOD = "retention_period"
    RETENTION_START = "retention_start"
    RETENTION_UNTIL = "retention_until"
    STANDARDS = "standards"
    EFFECT = "effect"


class RuleRole(str, Enum):
    """Findings that code reports under a rule of the standard."""

    MISSING = "missing"
    NOT_IN_LIST = "not_in_list"
    WRONG_KIND = "wrong_kind"
    NOT_PLAIN = "not_plain"
    BAD_LINK = "bad_link"
    INVISIBLE = "invisible"
    IMPOSSIBLE_DATE = "impossible_date"
    UNKNOWN_ALGORITHM = "unknown_algorithm"
    ANSWERED_AND_DECLARED = "answered_and_declared"
    REVIEW_OVERDUE = "review_overdue"
    DISPOSAL_OVERDUE = "disposal_overdue"
    PLACEHOLDER = "placeholder"


class Trait(str, Enum):
    """Properties of codes that code refers to. Conditions in YAML can refer to any trait that a code has."""

    FOR_A_PERIOD = "for_a_period"
    UNTIL_A_DAY = "until_a_day"


@dataclass(frozen=True)
class Use:
    """Meaning of a role or trait, and the effect of a standard without it. Roles name their answer types."""

    marks: str
    without: str
    types: tuple[str, ...] = ()


_ONE_DATE = ("date",)

FIELD_ROLES: Mapping[FieldRole, Use] = {
    FieldRole.OWNER: Use(
        "the accountable organisation", "NGSI-LD entities have no `creator`", ("text", "text_or_url", "texts")
    ),
    FieldRole.CONTACT: Use("where people can ask", "NGSI-LD entities have no `contactPoint`", ("contact",)),
    FieldRole.REVIEWED_ON: Use(
        "the day of the last review", "an overdue review is mended at the day of the next review", _ONE_DATE
    ),
    FieldRole.REVIEW_DUE: Use("the day of the next review", "no review is ever overdue", _ONE_DATE),
    FieldRole.OPENNESS: Use("who may use the data", "NGSI-LD entities have no `accessRights`", ("code",)),
    FieldRole.RETENTION_RULE: Use(
        "what decides how long the data is kept; its codes have the traits `for_a_period` and `until_a_day`",
        "the end of keeping is not computed, and no disposal is ever overdue",
        ("code",),
    ),
    FieldRole.RETENTION_PERIOD: Use(
        "how long the data is kept",
        "the end of a period of keeping is not computed, and ODRL duties have no elapsed time",
        ("duration",),
    ),
    FieldRole.RETENTION_START: Use(
        "the day on which that period started", "the end of a period of keeping is not computed", _ONE_DATE
    ),
    FieldRole.RETENTION_UNTIL: Use(
        "the last day of keeping",
        "the end of keeping until a day is not computed, and ODRL duties have no day",
        _ONE_DATE,
    ),
    FieldRole.STANDARDS: Use(
        "the open standards that the data follows",
        "NGSI-LD entities have no `conformsTo`",
        ("texts", "texts_or_uris", "urls"),
    ),
    FieldRole.EFFECT: Use(
        "the effect on people, which stands beside the level of the answers",
        "the page has no line about the effect on people above the concerns",
        ("code",),
    ),
}

# Rules with these roles report what the parser of answers and the portal refuse: a standard has to have each of them.
BUILT_IN: Mapping[RuleRole, str] = {
    RuleRole.MISSING: "a required answer is missing, and its field names no rule of its own",
    RuleRole.NOT_IN_LIST: "a code is not in the list of its field",
    RuleRole.WRONG_KIND: "an answer is not of the type of its field",
    RuleRole.NOT_PLAIN: "a text or a list is too long, or a text has HTML or control characters",
    RuleRole.BAD_LINK: "a link or a contact is not valid",
    RuleRole.INVISIBLE: "an answer has no visible character",
    RuleRole.IMPOSSIBLE_DATE: "a date does not exist, or a period is not valid",
    RuleRole.UNKNOWN_ALGORITHM: "a named algorithm record does not exist",
    RuleRole.ANSWERED_AND_DECLARED: "a question is answered and declared, or declared without a reason",
}

RULE_ROLES: Mapping[RuleRole, Use] = {
    **{role: Use(marks, "the standard cannot be loaded") for role, marks in BUILT_IN.items()},
    RuleRole.PLACEHOLDER: Use(
        "an answer, or the reason why a question does not apply, is a placeholder or says too little",
        "placeholders such as “tbd” count as answers",
    ),
    RuleRole.REVIEW_OVERDUE: Use(
        "a review is overdue", "residents read the clause of the rule in the place of the day of the review"
    ),
    RuleRole.DISPOSAL_OVERDUE: Use(
        "the time for keeping is over", "residents read the clause of the rule in the place of the day of the end"
    ),
}

TRAITS: Mapping[Trait, Use] = {
    Trait.FOR_A_PERIOD: Use(
        "keeping for the answer with the role `retention_period`", "the end of a period of keeping is not computed"
    ),
    Trait.UNTIL_A_DAY: Use(
        "keeping until the answer with the role `retention_until`", "the end of keeping until a day is not computed"
    ),
}
