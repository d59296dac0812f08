"""Events rendered as plain sentences for residents: the action, the role that acted, and each change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.lists import format_list

from ..standard import DECLARED_FIELD, Field, InvalidAnswer, Language, Standard, display_answer
from ..standard.answers import parse_answer
from ..standard.i18n import N_
from .redaction import FIELD_PREFIX

# Characters. Pages show longer values below the sentence, side by side.
_MAX_INLINE = 80

_STATUS_SENTENCES = {
    ("private", False): N_("Everybody can see this now."),
    ("private", True): N_("Only the organisation can see this now."),
    ("state", "active"): N_("This is in the catalogue now."),
    ("state", "draft"): N_("This is a draft now."),
    ("state", "deleted"): N_("This was taken out of the catalogue."),
}
_SPECIAL = {
    ("owner_org", "changed"): N_("This moved from “{before}” to “{after}”."),
    ("owner_org", "answered"): N_("“{after}” publishes this now."),
    ("owner_org", "taken back"): N_("“{before}” no longer publishes this."),
    ("title", "changed"): N_("The organisation “{before}” is called “{after}” now."),
    ("reason", "answered"): N_("The reason given: {after}."),
    ("abandoned_checkpoints", "answered"): N_("These checkpoints no longer count: {after}."),
    ("abandoned_checkpoints", "changed"): N_("These checkpoints no longer count: {after}. Before: {before}."),
    (DECLARED_FIELD, "changed"): N_("The city says now: {after}. Before, it said: {before}."),
    (DECLARED_FIELD, "answered"): N_("The city says now: {after}."),
    (DECLARED_FIELD, "taken back"): N_("The city no longer says: {before}."),
}
_ANSWERS = {
    "changed": N_("The city changed “{label}” from “{before}” to “{after}”."),
    "answered": N_("The city answered “{label}”: “{after}”."),
    "taken back": N_("The city took back its answer to “{label}”. It was: “{before}”."),
}
_LONG_ANSWERS = {
    "changed": N_("The city changed its answer to “{label}”."),
    "answered": N_("The city answered “{label}”."),
    "taken back": N_("The city took back its answer to “{label}”."),
}


def change_in_words(change: Mapping[str, Any], language: Language) -> str:
    """Render a change as a sentence. The change must have `label`, `before_display` and `after_display`."""
    name, after = change["field"], change["after"]
    redacted = change.get("redacted", ())
    if name.startswith(FIELD_PREFIX):
        return language.translate(_REDACTION).format(after=format_list(change["after_display"], locale=language.locale))
    had, has = (change[side] is not None or side in redacted for side in ("before", "after"))
    kind = "changed" if had and has else "taken back" if had else "answered"
    values = {}
    for side in ("before", "after"):
        shown = change[f"{side}_display"]
        text = format_list(shown, locale=language.locale) if isinstance(shown, list) and shown else shown or ""
        # The sentence ends with a full stop of its own.
        values[side] = str(text).removesuffix(".")
    fits = redacted or all(len(text) <= _MAX_INLINE and "\n" not in text for text in values.values())
    status = _STATUS_SENTENCES.get((name, after)) if isinstance(after, (str, bool)) else None
    template = status or _SPECIAL.get((name, kind)) or (_ANSWERS if fits else _LONG_ANSWERS)[kind]
    return language.translate(template).format(label=change["label"], **values)


_REDACTION = N_("What an earlier change said about {after} was redacted.")
_REDACTED = {
    "ground": N_("redacted ({ground}, {role}, {date})"),
    "none": N_("redacted"),
}


def redacted_in_words(redaction: Mapping[str, Any] | None, language: Language) -> str:
    """Render the place of an erased value, with `ground`, `label` of the role and time `at` of its redaction."""
    if redaction is None:
        return language.translate(_REDACTED["none"])
    day = format_date(date.fromisoformat(redaction["at"][:10]), "long", locale=language.locale)
    ground = redaction["ground"] or language.translate(_REDACTED["none"])
    return language.translate(_REDACTED["ground"]).format(ground=ground, role=redaction["label"], date=day)


Display = str | list[str] | None

ACTIONS = {
    "baseline": N_("What was said when the record began"),
    "create": N_("Registered"),
    "update": N_("Answers changed"),
    "delete": N_("Deleted"),
    "restore": N_("Restored"),
    "purge": N_("Removed for good"),
    "move": N_("Moved to another organisation"),
    "rename": N_("Organisation renamed"),
    "visibility": N_("Who can see it changed"),
    "access": N_("Collaborators changed"),
    "resume": N_("The record goes on after a restored backup"),
    "redact": N_("Values erased from the record"),
}
ROLES = {
    "sysadmin": N_("Administrator of the portal"),
    "admin": N_("Administrator of {organization}"),
    "editor": N_("Editor of {organization}"),
    "member": N_("Member of {organization}"),
    "collaborator": N_("Collaborator"),
    "creator": N_("The person who registered it"),
    "system": N_("The portal itself"),
    "data_protection_officer": N_("Data protection officer"),
    "anonymous": N_("A visitor"),
}
_USER = N_("A user of the portal")
_LABELS = {
    DECLARED_FIELD: N_("Questions without an answer"),
    "private": N_("Who can see it"),
    "state": N_("State"),
    "owner_org": N_("Organisation"),
    "license_id": N_("Licence"),
    "collaborators": N_("Collaborators"),
    "name": N_("Name in the address"),
    "title": N_("Title"),
    "reason": N_("Reason"),
    FIELD_PREFIX: N_("Redacted values"),
    "abandoned_checkpoints": N_("Checkpoints that no longer count"),
}
_VALUES: Mapping[str, Mapping[Any, str]] = {
    "private": {True: N_("only the organisation"), False: N_("everybody")},
    "state": {"active": N_("in the catalogue"), "draft": N_("draft"), "deleted": N_("deleted")},
}
_CAPACITIES = {
    "admin": N_("Administrators: {count}"),
    "editor": N_("Editors: {count}"),
    "member": N_("Members: {count}"),
}
_DECLARED = {
    "unknown": N_("{label}: not known yet"),
    "not_applicable": N_("{label}: does not apply, because {reason}"),
}


@dataclass(frozen=True)
class Names:
    """Titles of organisations and licences by id."""

    organizations: Mapping[str, str] = field(default_factory=dict)
    licenses: Mapping[str, str] = field(default_factory=dict)


def action_in_words(action: str, language: Language) -> str:
    """Return the label of an action."""
    return language.translate(ACTIONS[action]) if action in ACTIONS else action


def role_in_words(role: str, organization: str | None, language: Language) -> str:
    """Return the label of the role that acted, without a person's name."""
    template = ROLES.get(role, role)
    if "{organization}" in template and not organization:
        template = _USER
    return language.translate(template).replace("{organization}", organization or "")


@dataclass(frozen=True)
class ChangeRenderer:
    """Renders changes of one type of record in one language; fields and codes of older standards as they are stored."""

    standard: Standard
    kind: str
    language: Language
    names: Names

    @property
    def fields(self) -> Mapping[str, Field]:
        """Governed fields of the type of record."""
        record = self.standard.records.get(self.kind)
        return record.fields if record else {}

    def render(self, change: Mapping[str, Any], redactions: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
        """Return a change with `label`, `before_display` and `after_display`.

        `redactions` of its event, oldest first, explain the values that were erased.
        """
        name, shown = change["field"], dict[str, Display]()
        for side in ("before", "after"):
            if side in change.get("redacted", ()):
                why = (each for each in redactions if side in each["fields"].get(name, ()))
                shown[f"{side}_display"] = redacted_in_words(next(why, None), self.language)
            else:
                shown[f"{side}_display"] = self.value(name, change[side])
        return {**change, "label": self.label(name), **shown}

    def label(self, name: str) -> str:
        """Return the label of a field."""
        if name.startswith(FIELD_PREFIX):
            return self.language.translate(_LABELS[FIELD_PREFIX])
        known = self.fields.get(name)
        text = known.label if known else _LABELS.get(name)
        return self.language.translate(text) if text else name

    def value(self, name: str, value: Any) -> Display:
        """Return a value as text, or as a list of texts."""
        if value is None:
            return None
        if name.startswith(FIELD_PREFIX):
            return [self.label(field_name) for field_name in value["fields"]]
        if name in self.fields:
            try:
                answer = parse_answer(self.fields[name], value, self.standard)
            except InvalidAnswer:
                return _plain(value)
            return None if answer is None else display_answer(self.standard, self.fields[name], answer, self.language)
        if name == DECLARED_FIELD and isinstance(value, Mapping):
            texts = []
            for field_name, entry in value.items():
                template = self.language.translate(_DECLARED.get(entry.get("state", ""), "{label}"))
                text = template.replace("{label}", self.label(field_name))
                texts.append(text.replace("{reason}", entry.get("reason", "")))
            return texts
        return self._status(name, value)

    def _status(self, name: str, value: Any) -> Display:
        translate = self.language.translate
        if name == "owner_org":
            return self.names.organizations.get(value, str(value))
        if name == "license_id":
            return self.names.licenses.get(value, str(value))
        if name == "collaborators" and isinstance(value, Mapping):
            templates = {capacity: _CAPACITIES.get(capacity, capacity + ": {count}") for capacity in value}
            return [translate(templates[key]).replace("{count}", str(count)) for key, count in value.items()]
        words = _VALUES.get(name, {}).get(value) if isinstance(value, str | bool) else None
        return translate(words) if words else _plain(value)


def _plain(value: Any) -> Display:
    return [str(entry) for entry in value] if isinstance(value, list) else str(value)
