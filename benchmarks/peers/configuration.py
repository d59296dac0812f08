"""Self-contained ini files of the suites: theirs extend CKAN's test-core.ini, which its wheel lacks."""

from __future__ import annotations

from configparser import RawConfigParser
from pathlib import Path

# Settings of CKAN's test-core.ini that extensions rely on.
CKAN_SETTINGS = {
    "use": "egg:ckan",
    "testing": "true",
    "SECRET_KEY": "only-for-tests",
    "api_token.jwt.encode.secret": "string:only-for-tests-and-long-enough-for-hs256",
    "api_token.jwt.decode.secret": "string:only-for-tests-and-long-enough-for-hs256",
    "WTF_CSRF_ENABLED": "false",
    "ckan.site_id": "test.ckan.net",
    "ckan.site_title": "CKAN",
    "ckan.site_url": "http://test.ckan.net",
    "ckan.auth.user_create_organizations": "true",
    "ckan.auth.user_create_groups": "true",
    "ckan.auth.user_delete_organizations": "true",
    "ckan.auth.user_delete_groups": "true",
    "ckan.auth.create_user_via_api": "false",
    "ckan.auth.create_user_via_web": "true",
    "ckan.auth.create_unowned_dataset": "true",
    "ckan.auth.create_dataset_if_not_in_organization": "true",
    "ckan.auth.anon_create_dataset": "false",
    "ckan.datasets_per_page": "20",
    "ckan.cache_validated_datasets": "true",
    "smtp.mail_from": "info@test.ckan.net",
    # Overridden by environment variables.
    "sqlalchemy.url": "postgresql://ckan:ckan@127.0.0.1/ckan",
    "solr_url": "http://127.0.0.1:8983/solr/ckan",
    "ckan.redis.url": "redis://127.0.0.1:6379/1",
}


def with_plugin(plugins: str, plugin: str) -> str:
    """Return a value of `ckan.plugins` with a plugin before those that it names, and scheming's, which ours needs."""
    needed = "" if not plugin or "scheming" in plugins else "scheming_datasets"
    return f"{plugin} {plugins} {needed}".strip()


def write(source: Path, ini: str, plugin: str) -> str:
    """Write a suite's configuration, with an additional plugin if one is named; return the name of the file."""
    parser = RawConfigParser(delimiters=("=",), strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(source / ini, encoding="utf-8")
    for name, value in CKAN_SETTINGS.items():
        parser.set("app:main", name, value)
    parser.set("app:main", "ckan.plugins", with_plugin(parser.get("app:main", "ckan.plugins"), plugin))
    written = f"beside-{plugin or 'nothing'}-{ini}"
    with (source / written).open("w", encoding="utf-8") as file:
        parser.write(file)
    return written
