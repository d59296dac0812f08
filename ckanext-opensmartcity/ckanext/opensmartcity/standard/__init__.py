"""The governance standard as a program: schemas/ in, a typed Standard; one record in, an Assessment out. No CKAN."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from .answers import Answer, Refused
from .assessment import LEVELS, Assessment, FieldState, GroupAssessment, Level, NextStep, assess, assess_reading
from .display import date_in_words, display_answer
from .i18n import Language, Message, language, shipped_languages
from .indicators import Characteristic, Figure, Figures, OtherFigure, load_figures
from .loader import load_standard
from .model import AnswerType, Code, Field, Group, RecordType, Rule, Standard, Vocabulary
from .record_reader import FIELD as DECLARED_FIELD
from .record_reader import Declaration, Finding, Reading, Settings, dump_declarations, read_record, seen_on
from .sentences import Part, Sentence, tell
from .serialize import list_standard, standard_digest
from .yaml_source import SourceError


def shipped_folder() -> Path:
    """Return the folder of the standard that comes with the product."""
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
    "Figure",
    "Figures",
    "Finding",
    "Group",
    "GroupAssessment",
    "Language",
    "Level",
    "Message",
    "NextStep",
    "OtherFigure",
    "Part",
    "Reading",
    "RecordType",
    "Refused",
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
    "load_figures",
    "load_standard",
    "read_record",
    "seen_on",
    "shipped_folder",
    "shipped_languages",
    "standard_digest",
    "tell",
]
