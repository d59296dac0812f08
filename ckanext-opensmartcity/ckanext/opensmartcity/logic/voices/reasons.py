"""Why something that a resident wrote may be hidden: from a list, so that the city can be asked how often it did."""

from __future__ import annotations

from collections.abc import Mapping

from ...standard.messages import N_

REASONS: Mapping[str, str] = {
    "spam": N_("Advertising or noise"),
    "insult": N_("Insulting or against the law"),
    "personal_data": N_("It tells of persons who can be recognised"),
    "off_topic": N_("Not about this record"),
    "repeated": N_("Asked or told before"),
}
KINDS: Mapping[str, str] = {"use": N_("Use"), "harm": N_("Harm")}
STATES: Mapping[str, str] = {
    "waiting": N_("Not shown yet"),
    "open": N_("Not answered yet"),
    "answered": N_("Answered"),
    "hidden": N_("Hidden"),
}
