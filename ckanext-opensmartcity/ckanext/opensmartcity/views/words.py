"""The pages of one kind of words of residents: of a record and of the portal, each also as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from . import voices
from .accepting import prefers_json
from .forging import guard

Values = dict[str, Any]


@dataclass(frozen=True)
class Words:
    """Pages of questions or of stories: their names, the action that lists them, what an address may ask for."""

    name: str
    one: str
    action: str
    asked: tuple[str, ...]
    asked_of_portal: tuple[str, ...]
    # What the page of a record shows beside its list.
    beside: Callable[[Values, Values], Values] = lambda found, listed: {}
    blueprint: Blueprint = field(init=False)

    def __post_init__(self) -> None:
        """Give each page its address."""
        blueprint = Blueprint(f"opensmartcity_{self.name}", __name__)
        object.__setattr__(self, "blueprint", blueprint)
        guard(blueprint)
        blueprint.add_url_rule(self.address, "page", self.page)
        blueprint.add_url_rule(f"{self.address}.json", "listing", self.listing)
        blueprint.add_url_rule(f"/transparency/{self.name}", "portal", self.portal)
        blueprint.add_url_rule(f"/transparency/{self.name}.json", "portal_listing", self.portal_listing)

    @property
    def address(self) -> str:
        """The address of the page of a record."""
        return f"/<any(dataset, algorithm):package_type>/<id>/{self.name}"

    def page(self, package_type: str, id: str) -> Any:
        """Show the words about a record; as JSON where the Accept header prefers it."""
        if prefers_json():
            return self.listing(package_type, id)
        found = voices.record(id)
        if isinstance(found, Response):
            return found
        return self.show(found) if (package_type, id) == (found["type"], found["name"]) else self.back(found)

    def listing(self, package_type: str, id: str) -> Any:
        """Give the same as JSON."""
        return voices.as_json(voices.listed(self.action, id=id, **voices.wanted(*self.asked)))

    def portal(self) -> Any:
        """Show the words about all public records; as JSON where the Accept header prefers it."""
        if prefers_json():
            return self.portal_listing()
        listed, asked = self._of_portal(), voices.wanted(*self.asked_of_portal)
        if isinstance(listed, Response):
            return listed
        return voices.page(f"opensmartcity/portal_{self.name}.html", {"listed": listed, "asked": asked})

    def portal_listing(self) -> Any:
        """Give the same as JSON."""
        return voices.as_json(self._of_portal())

    def _of_portal(self) -> Any:
        return voices.listed(self.action, **voices.wanted(*self.asked_of_portal))

    def take(self, id: str, sent: Mapping[str, str], create: Callable[[], Values], thanks: Callable[[], str]) -> Any:
        """Take words from anybody whom the portal lets write; what is refused is shown with what was typed."""
        found = voices.record(id)
        if isinstance(found, Response):
            return found
        try:
            code = None if voices.is_trapped() else str(create()["code"])
        except tk.ValidationError as error:
            return self.show(found, {"sent": sent, "errors": error.error_dict}, error)
        except tk.NotAuthorized as error:
            return tk.abort(403, str(error))
        voices.thank(thanks(), code)
        return self.back(found)

    def settle(
        self, id: str, which: str, action: str, sent: Mapping[str, str], meant: Mapping[str, str] | None = None
    ) -> Any:
        """Let a steward settle one of them by an action, which is sent what is `meant` by the form."""
        found = voices.record(id)
        if isinstance(found, Response):
            return found
        try:
            voices.act(action, id=which, **(sent if meant is None else meant))
        except tk.ValidationError as error:
            return self.show(found, {"settling": {"id": which, "sent": sent, "errors": error.error_dict}}, error)
        except tk.ObjectNotFound as error:
            return tk.abort(404, str(error))
        except tk.NotAuthorized:
            return tk.abort(403, tk._("You are not authorised to change this."))
        tk.h.flash_success(tk._("Saved."))
        return self.back(found, f"{self.one}-{which}")

    def show(self, found: Values, more: Values | None = None, error: tk.ValidationError | None = None) -> Any:
        """Answer with the page of a record, and with what was typed and refused."""
        listed = voices.listed(self.action, id=found["id"], **voices.wanted(*self.asked))
        if isinstance(listed, Response):
            return listed
        values = {"pkg_dict": found, "listed": listed, "sent": {}, "errors": {}, "settling": {}} | (more or {})
        return voices.page(f"opensmartcity/{self.name}.html", values | self.beside(found, listed), error)

    def back(self, found: Values, anchor: str = "") -> Any:
        """Send the reader to the page of a record."""
        here = {"package_type": found["type"], "id": found["name"]}
        return tk.redirect_to(f"opensmartcity_{self.name}.page", **here, **({"_anchor": anchor} if anchor else {}))
