"""Events in plain words: what happened, who did it, and each change with what was said before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..standard import DECLARED_FIELD, Field, Language, Refused, Standard, display_answer
from ..standard.answers import parse_answer
from ..standard.messages import N_

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
        except Refused:
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
        words = _VALUES.get(name, {}).get(value)
        return self.language.translate(words) if words else _plain(value)

    def _capacity(self, capacity: str, count: int) -> str:
        text = self.language.translate(_CAPACITIES.get(capacity, capacity + ": {count}"))
        return text.replace("{count}", str(count))


def _plain(value: Any) -> Shown:
    return [str(entry) for entry in value] if isinstance(value, list) else str(value)
