"""One change as a sentence that a resident understands."""
# MERGED Events in plain words: what happened, who did it, and each change with what was said before and after.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from babel.lists import format_list

from ..standard import DECLARED_FIELD, Field, InvalidAnswer, Language, Standard, display_answer
from ..standard.answers import parse_answer
from ..standard.i18n import N_

# What is longer stands beside each other below the sentence.
_SHORT = 80

_BECAME = {
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
    """Say a change that has its label and both values in words (`label`, `before_display`, `after_display`)."""
    values = {side: _said(change[f"{side}_display"], language) for side in ("before", "after")}
    return language.translate(_template(change, values)).format(label=change["label"], **values)


def _template(change: Mapping[str, Any], values: Mapping[str, str]) -> str:
    name, how = change["field"], _how(change)
    became = _BECAME.get((name, change["after"])) if isinstance(change["after"], (str, bool)) else None
    templates = _ANSWERS if all(map(_is_short, values.values())) else _LONG_ANSWERS
    return became or _SPECIAL.get((name, how)) or templates[how]


def _how(change: Mapping[str, Any]) -> str:
    if change["before"] is None:
        return "answered"
    return "taken back" if change["after"] is None else "changed"


def _said(shown: str | list[str] | None, language: Language) -> str:
    # The sentence has a full stop of its own.
    text = format_list(shown, locale=language.locale) if isinstance(shown, list) and shown else shown or ""
    return str(text).removesuffix(".")


def _is_short(text: str) -> bool:
    return len(text) <= _SHORT and "\n" not in text


Shown = str | list[str] | None

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
}
ROLES = {
    "sysadmin": N_("Administrator of the portal"),
    "admin": N_("Administrator of {organization}"),
    "editor": N_("Editor of {organization}"),
    "member": N_("Member of {organization}"),
    "collaborator": N_("Collaborator"),
    "creator": N_("Whoever registered it"),
    "system": N_("The portal itself"),
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
    """Titles for what events name by an id: organisations and licences."""

    organizations: Mapping[str, str] = field(default_factory=dict)
    licenses: Mapping[str, str] = field(default_factory=dict)


def action_in_words(action: str, language: Language) -> str:
    """Say what happened."""
    return language.translate(ACTIONS[action]) if action in ACTIONS else action


def role_in_words(role: str, organization: str | None, language: Language) -> str:
    """Say who acted, without a name."""
    template = ROLES.get(role, role)
    if "{organization}" in template and not organization:
        template = _USER
    return language.translate(template).replace("{organization}", organization or "")


@dataclass(frozen=True)
class Speaker:
    """Says changes of one kind of record in one language; what the standard no longer knows is said as it is stored."""

    standard: Standard
    kind: str
    language: Language
    names: Names

    @property
    def fields(self) -> Mapping[str, Field]:
        """The governed fields of the kind."""
        record = self.standard.records.get(self.kind)
        return record.fields if record else {}

    def change(self, change: Mapping[str, Any]) -> dict[str, Any]:
        """Return a change with its label and both values in words."""
        name = change["field"]
        return {
            **change,
            "label": self.label(name),
            "before_display": self.value(name, change["before"]),
            "after_display": self.value(name, change["after"]),
        }

    def label(self, name: str) -> str:
        """Return what a field is called."""
        known = self.fields.get(name)
        text = known.label if known else _LABELS.get(name)
        return self.language.translate(text) if text else name

    def value(self, name: str, value: Any) -> Shown:
        """Say a value."""
        if value is None:
            return None
        if name in self.fields:
            return self._answer(self.fields[name], value)
        if name == DECLARED_FIELD and isinstance(value, Mapping):
            return [self._declared(field, entry) for field, entry in value.items()]
        return self._status(name, value)

    def _answer(self, known: Field, value: Any) -> Shown:
        try:
            answer = parse_answer(known, value, self.standard)
        except InvalidAnswer:
            return _plain(value)
        return None if answer is None else display_answer(self.standard, known, answer, self.language)

    def _declared(self, name: str, entry: Mapping[str, str]) -> str:
        template = _DECLARED.get(entry.get("state", ""), "{label}")
        text = self.language.translate(template).replace("{label}", self.label(name))
        return text.replace("{reason}", entry.get("reason", ""))

    def _status(self, name: str, value: Any) -> Shown:
        if name == "owner_org":
            return self.names.organizations.get(value, str(value))
        if name == "license_id":
            return self.names.licenses.get(value, str(value))
        if name == "collaborators" and isinstance(value, Mapping):
            return [self._capacity(capacity, count) for capacity, count in value.items()]
        words = _VALUES.get(name, {}).get(value) if isinstance(value, str | bool) else None
        return self.language.translate(words) if words else _plain(value)

    def _capacity(self, capacity: str, count: int) -> str:
        text = self.language.translate(_CAPACITIES.get(capacity, capacity + ": {count}"))
        return text.replace("{count}", str(count))


def _plain(value: Any) -> Shown:
    return [str(entry) for entry in value] if isinstance(value, list) else str(value)
