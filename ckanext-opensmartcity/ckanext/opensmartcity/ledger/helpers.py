"""Template helper of the ledger: the command that installs the verifier."""

from __future__ import annotations

import json
import shlex
from importlib.metadata import distribution

_PACKAGE = "ckanext-opensmartcity"


def opensmartcity_install_command() -> str:
    """Return the command that installs this package from where this portal has it, else from the project's repository.

    The source is that of `direct_url.json` (PEP 610), which pip writes for a package from a repository or an archive.
    Sources on this machine (`file:`) are of no use to others.
    """
    installed = distribution(_PACKAGE)
    source = json.loads(installed.read_text("direct_url.json") or "{}")
    url, version = source.get("url", ""), source.get("vcs_info", {})
    if not url.startswith("https://"):
        url, version = installed.metadata["Home-page"], {"vcs": "git"}
    if version:
        url = f"{version['vcs']}+{url}" + (f"@{version['commit_id']}" if "commit_id" in version else "")
    return f"pip install {shlex.quote(url)}"
