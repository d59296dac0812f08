"""Create the first sysadmin, who then creates everything else through the HTTP API.

Runs as a separate process: `python -m ckanext.opensmartcity.portal.administrator INI NAME FILE`.
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
    """Create or reset the sysadmin and write the credentials to a file as JSON."""
    with make_app(load_config(ini))._wsgi_app.test_request_context():
        write_private(Path(file), json.dumps(reset_sysadmin(name)))


def reset_sysadmin(name: str) -> dict[str, str]:
    """Create a sysadmin, or give an existing user a new password and token; return name, password and token."""
    password = secrets.token_urlsafe(12)
    details = {"password": password, "sysadmin": True}
    try:
        call_action("user_show", id=name)
    except NotFound:
        call_action("user_create", name=name, email=f"{name}@example.org", **details)
    else:
        call_action("user_patch", id=name, **details)
    token = call_action("api_token_create", user=name, name="portal")["token"]
    return {"name": name, "password": password, "token": token}


def call_action(action: str, **data: Any) -> dict[str, Any]:
    """Call an action as the site user, without authorization checks."""
    site_user = get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    result: dict[str, Any] = get_action(action)({"ignore_auth": True, "user": site_user}, data)
    return result


if __name__ == "__main__":
    main(*sys.argv[1:])
