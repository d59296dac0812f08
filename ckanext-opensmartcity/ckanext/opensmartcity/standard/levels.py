"""The four levels in words: what one is called, and what it tells a reader of a whole record."""

from __future__ import annotations

from collections.abc import Mapping

from .assessment import Level
from .messages import N_

LEVEL_LABELS: Mapping[Level, str] = {
    "silent": N_("Silent"),
    "started": N_("Started"),
    "answered": N_("Answered"),
    "current": N_("Current"),
}
LEVEL_MEANINGS: Mapping[Level, str] = {
    "silent": N_("The city has not answered yet."),
    "started": N_("The city has answered a part. Required answers are missing or not known."),
    "answered": N_("Every required question is answered. Something still asks for attention."),
    "current": N_("Every required question is answered, nothing is of concern, no review is overdue."),
}
