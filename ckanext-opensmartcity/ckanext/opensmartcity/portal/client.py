"""Minimal client of CKAN's action API."""

from dataclasses import dataclass
from typing import Any, Protocol

import requests

NOT_FOUND = 404


class Portal(Protocol):
    """Actions of a portal, over HTTP or in its process."""

    def call(self, action: str, **data: Any) -> Any:
        """Call an action and return its result; raise ActionError if it fails."""

    def exists(self, action: str, name: str) -> bool:
        """Return whether a …_show action finds a record."""


class ActionError(Exception):
    """Error response of an action: its name, with the HTTP status or CKAN's error dict."""


@dataclass(frozen=True)
class Client:
    """Calls actions of one portal, with an API token or anonymously."""

    address: str
    token: str = ""

    def call(self, action: str, **data: Any) -> Any:
        """Call an action and return its result; raise ActionError if it fails."""
        response = self._post(action, data)
        try:
            content = response.json()
        except requests.JSONDecodeError:
            raise ActionError(f"{action}: HTTP {response.status_code}") from None
        if not content["success"]:
            raise ActionError(f"{action}: {content['error']}")
        return content["result"]

    def exists(self, action: str, name: str) -> bool:
        """Return whether a …_show action finds a record."""
        return self._post(action, {"id": name}).status_code != NOT_FOUND

    def is_up(self) -> bool:
        """Return whether the portal responds to requests."""
        try:
            return self._post("status_show", {}).ok
        except requests.RequestException:
            return False

    def _post(self, action: str, data: dict[str, Any]) -> requests.Response:
        headers = {"Authorization": self.token} if self.token else {}
        return requests.post(f"{self.address}/api/3/action/{action}", json=data, headers=headers, timeout=120)
