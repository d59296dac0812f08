"""The portal's ckan.ini, for CKAN itself and for the user's own `ckan -c …` commands."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from .common import secret, write_private
from .service import Addresses

SITE_ID = "opensmartcity"
SITE_TITLE = "Zuiderhaven Open Data"
LOGO = "/zuiderhaven/logo.svg"
HOME_JURISDICTION = "NL"

TEMPLATE = """\
# Overwritten at each start of the portal: changes made here do not last.
[app:main]
use = egg:ckan
debug = false
testing = false
SECRET_KEY = {key}
ckan.site_id = {site_id}
ckan.site_title = {title}
ckan.site_logo = {logo}
ckan.favicon = /zuiderhaven/favicon.svg
ckan.site_url = {address}
ckan.plugins = {plugins}
ckanext.opensmartcity.home_jurisdiction = {home}
ckanext.opensmartcity.signing_key = {signing_key}
ckanext.opensmartcity.checkpoint_minutes = 1
ckanext.opensmartcity.peers = {peers}
ckanext.opensmartcity.fetch_inside = {inside}
ckanext.dcat.rdf.profiles = euro_dcat_ap_3 opensmartcity
ckan.locale_default = en
ckan.locales_offered = en nl fr de es
ckan.storage_path = {storage}
ckan.views.default_views =
ckan.gravatar_default = disabled
ckan.redis.url = {redis}
solr_url = {solr}
sqlalchemy.url = {database}

[loggers]
keys = root, ckan, ckanext

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARNING
handlers = console

[logger_ckan]
level = WARNING
handlers = console
qualname = ckan
propagate = 0

[logger_ckanext]
level = INFO
handlers = console
qualname = ckanext
propagate = 0

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(asctime)s %(levelname)s [%(name)s] %(message)s
"""


def write(folder: Path, address: str, addresses: Addresses, plugins: str, peers: list[str]) -> Path:
    """Write ckan.ini into the data folder and return its path; `peers` are the addresses of other cities."""
    storage = folder / "storage"
    storage.mkdir(exist_ok=True, mode=0o700)
    values = {
        "address": address,
        "database": addresses.database,
        "home": HOME_JURISDICTION,
        # SSRF protection: of the addresses on this machine, only those of other embedded portals are allowed.
        "inside": " ".join(urlsplit(peer).netloc for peer in peers),
        # The logo has the name of the city in it.
        "logo": "" if os.environ.get("OSC_TITLE") else LOGO,
        "key": secret(folder, "ckan"),
        "peers": " ".join(peers),
        "plugins": plugins,
        "redis": addresses.redis,
        "signing_key": str(signing_key(folder)),
        "site_id": SITE_ID,
        "solr": addresses.solr,
        "storage": str(storage),
        "title": os.environ.get("OSC_TITLE") or SITE_TITLE,
    }
    text = TEMPLATE
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value.replace("%", "%%"))
    ini = folder / "ckan.ini"
    write_private(ini, text)
    return ini


def signing_key(folder: Path) -> Path:
    """Return the path of the private key that signs the ledger."""
    return folder / "ledger.pem"
