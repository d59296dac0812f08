"""Library of the governance standard: load `schemas/` into a `Standard`, assess a record into an `Assessment`.

The package does not import CKAN, so that the command-line tools run without a portal.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from .answers import InvalidAnswer
from .assessment import LEVELS, Assessment, FieldState, GroupAssessment, Level, NextStep, assess, assess_reading
from .display import date_in_words, display_answer
from .i18n import Language, Message, language, shipped_languages
from .indicators import Characteristic, Indicator, Indicators, PortalIndicator, load_indicators
from .loader import load_standard
from .model import Answer, AnswerType, Code, Field, Group, RecordType, Rule, Standard, Vocabulary
from .record_reader import (
    DECLARED_FIELD,
    Declaration,
    Finding,
    Reading,
    Settings,
    dump_declarations,
    read_record,
    with_today,
)
from .sentences import Part, Sentence, render_sentences
from .serialize import list_standard, standard_digest
from .yaml_source import SourceError


def shipped_folder() -> Path:
    """Return the folder of the standard that is shipped with the package."""
    return Path(str(files("ckanext.opensmartcity.schemas")))


__all__ = [
    "DECLARED_FIELD",
    "LEVELS",
    "Answer",
    "AnswerType",
    "Assessment",
    "Characteristic",
    "Code",
    "Declaration",
    "Field",
    "FieldState",
    "Finding",
    "Group",
    "GroupAssessment",
    "Indicator",
    "Indicators",
    "InvalidAnswer",
    "Language",
    "Level",
    "Message",
    "NextStep",
    "Part",
    "PortalIndicator",
    "Reading",
    "RecordType",
    "Rule",
    "Sentence",
    "Settings",
    "SourceError",
    "Standard",
    "Vocabulary",
    "assess",
    "assess_reading",
    "date_in_words",
    "display_answer",
    "dump_declarations",
    "language",
    "list_standard",
    "load_indicators",
    "load_standard",
    "read_record",
    "render_sentences",
    "shipped_folder",
    "shipped_languages",
    "standard_digest",
    "with_today",
]
