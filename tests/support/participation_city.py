"""A city with two organisations, their people and two datasets, and how its visitors write to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ckan.common import config
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from support.roles import tokens_of


def own_keys() -> Iterator[bytes]:
    """Return the keys of this run: another may count its requests in the same Valkey."""
    return connect_to_redis().scan_iter(f"ckan:{config['ckan.site_id']}:opensmartcity:rate-limit:*")


@dataclass(frozen=True)
class City:
    """Two organisations, their users, and the datasets about which residents ask."""

    owner: dict[str, Any]
    other: dict[str, Any]
    public: dict[str, Any]
    private: dict[str, Any]
    users: dict[str, dict[str, Any]]

    @property
    def tokens(self) -> dict[str, dict[str, str]]:
        """Return the header with which each role acts."""
        return tokens_of(self.users)

    def act(self, app, action: str, role: str = "anonymous", **data: Any) -> Any:
        """Call an action over HTTP as a role; return the answer with its status."""
        return app.post(f"/api/3/action/{action}", json=data, headers=self.tokens[role])

    def ask(self, app, text: str = "How many bicycles pass at night?", role: str = "anonymous", **data: Any) -> Any:
        """Ask about the public dataset; return the result."""
        answer = self.act(app, "governance_question_create", role, id=self.public["id"], text=text, **data)
        assert answer.status_code == 200, answer.body
        return answer.json["result"]

    def tell(self, app, title: str = "Found a safer way to school", **data: Any) -> Any:
        """Tell a story about the public dataset; return the result."""
        values = {"kind": "use", "title": title, "text": "With the counters we chose another street.", **data}
        answer = self.act(app, "governance_story_create", id=self.public["id"], **values)
        assert answer.status_code == 200, answer.body
        return answer.json["result"]

    def listed(self, app, role: str = "anonymous", **data: Any) -> Any:
        """Return the questions of the public dataset as a role sees them."""
        asked = data or {"id": self.public["id"]}
        return self.act(app, "governance_question_list", role, **asked).json["result"]


def make_city(owner, other, users) -> City:
    """Return these people with a new public and a new private dataset."""
    public = factories.Dataset(owner_org=owner["id"], title="Bicycle counters")
    private = factories.Dataset(owner_org=owner["id"], private=True, title="Secret counters")
    return City(owner, other, public, private, users)
