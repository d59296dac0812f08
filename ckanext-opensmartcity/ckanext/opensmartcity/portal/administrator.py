"""Makes the first sysadmin, without whom the HTTP interface lets nobody make anything.

Run as a process of its own: `python -m ckanext.opensmartcity.portal.administrator INI NAME FILE`.
"""

import json
import secrets
import sys
from pathlib import Path
from typing import Any

from ckan.cli import load_config
from ckan.config.middleware import make_app
from ckan.logic import NotFound, get_action

from .common import write_private


def main(ini: str, name: str, file: str) -> None:
    """Make the sysadmin, or give an existing one a new password and token."""
    with make_app(load_config(ini))._wsgi_app.test_request_context():
        write_private(Path(file), json.dumps(credentials_for(name)))


def credentials_for(name: str) -> dict[str, str]:
    """Return name, password and token of a sysadmin who has them from now on."""
    password = secrets.token_urlsafe(12)
    details = {"password": password, "sysadmin": True}
    if exists(name):
        act("user_patch", id=name, **details)
    else:
        act("user_create", name=name, email=f"{name}@example.org", **details)
    return {"name": name, "password": password, "token": act("api_token_create", user=name, name="portal")["token"]}


def exists(name: str) -> bool:
    """Tell whether there is such a user."""
    try:
        act("user_show", id=name)
    except NotFound:
        return False
    return True


def act(action: str, **data: Any) -> dict[str, Any]:
    """Call an action with the rights of the site itself."""
    site_user = get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    result: dict[str, Any] = get_action(action)({"ignore_auth": True, "user": site_user}, data)
    return result


if __name__ == "__main__":
    main(*sys.argv[1:])
