"""Wiring: tells CKAN which rooms of the product answer for what."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.types import CKANApp, Context

from . import config as config_config
from . import declaration, views
from .cli.admin import get_commands
from .governance import auth, helpers, validators
from .governance.model import packages
from .ledger import change_capture, scheduler
from .logic import action
from .search import indexing, query_hooks
from .standard.i18n import DOMAIN, catalogue_folder

Facets = OrderedDict[str, str]


@tk.blanket.config_declarations(declaration.declare)
@tk.blanket.actions(action.get_actions)
@tk.blanket.auth_functions(auth.get_auth_functions)
@tk.blanket.validators(validators.get_validators)
@tk.blanket.helpers(helpers.get_helpers)
@tk.blanket.blueprints(views.get_blueprints)
@tk.blanket.cli(get_commands)
class OpenSmartCityPlugin(p.SingletonPlugin):
    """The governance standard on a CKAN portal."""

    p.implements(p.IConfigurer)
    p.implements(p.IConfigurable)
    p.implements(p.ITranslation)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IMiddleware, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        """Add templates and assets."""
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "opensmartcity")

    def configure(self, config: CKANConfig) -> None:
        """Check the options and load the standard, so that a mistake stops the start and not a reader."""
        config_config.check()
        config_config.standard()
        change_capture.start()
        config_config.indicators()
        query_hooks.check()
        packages.watch()
        scheduler.start()

    def i18n_directory(self) -> str:
        """Return the folder of the translations."""
        return str(catalogue_folder())

    def i18n_locales(self) -> list[str]:
        """Return the languages that are shipped."""
        return sorted(path.name for path in catalogue_folder().iterdir() if (path / "LC_MESSAGES").is_dir())

    def i18n_domain(self) -> str:
        """Return the gettext domain."""
        return DOMAIN

    def make_middleware(self, app: CKANApp, config: CKANConfig) -> CKANApp:
        """Give systems their own page, now that CKAN has made the addresses of each record type."""
        views.show_systems_as_transparency_pages(getattr(app, "view_functions", {}))
        return app

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """Tell the search index the codes of the answers."""
        return indexing.index_answers(pkg_dict)

    def after_dataset_create(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Record the first answers of a dataset."""
        change_capture.watch_dataset(context, pkg_dict["id"], new=True)

    def after_dataset_update(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Record what changed."""
        change_capture.watch_dataset(context, pkg_dict["id"])

    def after_dataset_delete(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Record that a dataset was deleted."""
        change_capture.watch_dataset(context, pkg_dict["id"])

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        """Let filters on facets of the standard ask for what is true today."""
        return query_hooks.ask(query_hooks.narrow(search_params))

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        """Count facets of the standard as of today, and say them in words."""
        return query_hooks.tell(search_results, search_params)

    def dataset_facets(self, facets_dict: Facets, package_type: str) -> Facets:
        """Add the filters of the standard to a list of datasets or algorithms."""
        return query_hooks.add_facets(facets_dict, package_type)

    def group_facets(self, facets_dict: Facets, group_type: str, package_type: str | None) -> Facets:
        """Add the filters of the standard to the datasets of a group."""
        return query_hooks.add_facets(facets_dict, package_type)

    def organization_facets(self, facets_dict: Facets, organization_type: str, package_type: str | None) -> Facets:
        """Add the filters of the standard to the datasets of an organisation."""
        return query_hooks.add_facets(facets_dict, package_type)
