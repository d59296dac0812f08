"""Configuration of the city's portal, and its own dataset schema."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from .extensions import CKAN_PLUGINS, Extension

PROJECT = Path(__file__).parents[2]
OURS = "opensmartcity"
THEME = "mytown"
CITY = Path(__file__).parent / f"ckanext-{THEME}"
# Below a folder, with the language in the path: links that forget either lead nowhere.
MOUNT, LANGUAGE = "/katalog", "de"
KEY = "only-for-this-run-and-long-enough-for-hs256"

OPTIONS = {
    "use": "egg:ckan",
    "SECRET_KEY": KEY,
    "api_token.jwt.encode.secret": f"string:{KEY}",
    "api_token.jwt.decode.secret": f"string:{KEY}",
    "ckan.site_id": "neighbours",
    "ckan.site_title": "MyTown",
    "ckan.site_url": "https://daten.mytown.example",
    "ckan.root_path": f"{MOUNT}/{{{{LANG}}}}",
    "ckan.locale_default": LANGUAGE,
    "ckan.locales_offered": "de en fr nl es",
    # ckanext-dcat builds the identifiers of datasets from this one.
    "ckanext.dcat.base_uri": f"https://daten.mytown.example{MOUNT}",
    "ckan.auth.create_unowned_dataset": "false",
    "ckan.views.default_views": "text_view image_view",
    "ckan.gravatar_default": "disabled",
    "smtp.mail_from": "data@mytown.example",
}


def plugins(extensions: Iterable[Extension], *, ours: bool) -> str:
    """Return the value of ckan.plugins: the theme first, ours where our installation guide adds it."""
    others = [plugin for extension in extensions for plugin in extension.plugins]
    return " ".join([THEME, *others, *CKAN_PLUGINS, *([OURS] if ours else []), "scheming_datasets"])


def write(folder: Path, services: Mapping[str, str], extensions: Iterable[Extension], *, ours: bool) -> Path:
    """Write the configuration and the schema of the portal with some extensions; return the path of the ini file."""
    extensions = tuple(extensions)
    name = "after" if ours else "before"
    schema = folder / f"{name}.json"
    fluent = any(each.name == "ckanext-fluent" for each in extensions)
    schema.write_text(json.dumps(_schema(fluent=fluent)), encoding="utf-8")
    # The same with ours: it adds its fields and presets by itself.
    presets = ["ckanext.scheming:presets.json", *(["ckanext.fluent:presets.json"] if fluent else [])]
    options = OPTIONS | services | {name: value for each in extensions for name, value in each.options.items()}
    options |= {
        "ckan.plugins": plugins(extensions, ours=ours),
        "ckan.storage_path": str(folder / "storage"),
        "scheming.dataset_schemas": schema.as_uri(),
        "scheming.presets": " ".join(presets),
    }
    ini = folder / f"{name}.ini"
    lines = (f"{key} = {value}".replace("%", "%%") for key, value in options.items())
    ini.write_text("[DEFAULT]\ndebug = false\n[app:main]\n" + "\n".join(lines) + "\n" + LOGGING, encoding="utf-8")
    return ini


def _schema(*, fluent: bool) -> dict[str, Any]:
    schema: dict[str, Any] = yaml.safe_load((CITY / "ckanext" / THEME / "dataset.yaml").read_text(encoding="utf-8"))
    fields = schema["dataset_fields"]
    if not fluent:
        fields[:] = [each for each in fields if not str(each.get("preset")).startswith("fluent_")]
    return schema


LOGGING = """
[loggers]
keys = root, ckan

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = ERROR
handlers = console

[logger_ckan]
level = ERROR
handlers =
qualname = ckan

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(asctime)s %(levelname)-5.5s [%(name)s] %(message)s
"""
