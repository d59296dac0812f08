"""A small client of CKAN's HTTP interface."""

from dataclasses import dataclass
from typing import Any

import requests

NOT_FOUND = 404


class RefusedError(Exception):
    """What CKAN answered instead of doing what was asked."""


@dataclass(frozen=True)
class Client:
    """Somebody who calls actions of a portal."""

    address: str
    token: str = ""

    def call(self, action: str, **data: Any) -> Any:
        """Call an action and return its result."""
        answer = self._post(action, data)
        try:
            content = answer.json()
        except requests.JSONDecodeError:
            raise RefusedError(f"{action}: HTTP {answer.status_code}") from None
        if not content["success"]:
            raise RefusedError(f"{action}: {content['error']}")
        return content["result"]

    def exists(self, action: str, name: str) -> bool:
        """Tell whether a …_show action finds a record."""
        return self._post(action, {"id": name}).status_code != NOT_FOUND

    def answers(self) -> bool:
        """Tell whether the portal serves requests."""
        try:
            return self._post("status_show", {}).ok
        except requests.RequestException:
            return False

    def _post(self, action: str, data: dict[str, Any]) -> requests.Response:
        headers = {"Authorization": self.token} if self.token else {}
        return requests.post(f"{self.address}/api/3/action/{action}", json=data, headers=headers, timeout=120)
