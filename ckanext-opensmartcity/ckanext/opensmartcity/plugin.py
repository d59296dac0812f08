"""CKAN plugin: wires the core and the features that are switched on to CKAN's interfaces."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import click
from ckan.common import CKANConfig
from ckan.types import Action, AuthFunction, CKANApp, Context
from flask import Blueprint

from . import compat, declaration, registry, registry_check
from . import config as config_config
from .governance import dataset_schemas, doctor, validators
from .governance.control_characters import remove_controls
from .governance.model import packages
from .governance.views import formats, health
from .governance.views.dataset import show_algorithms_as_transparency_pages
from .search import availability, index_document, query_hooks
from .search.helpers import humanize_entity_type
from .search.term_limit import enforce_limits
from .standard.i18n import DOMAIN, catalogue_folder

Facets = OrderedDict[str, str]


def get_actions() -> dict[str, Action]:
    """Return the actions of the features and CKAN's own actions that they chain."""
    chained = {name: each for one in registry.enabled() for name, each in one.chained_actions.items()}
    return registry.get_actions() | chained


def get_auth_functions() -> dict[str, AuthFunction]:
    """Return the authorization function of each action."""
    return {name: each for one in registry.enabled() for name, each in one.auth_functions().items()}


def get_validators() -> dict[str, Callable[..., Any]]:
    """Return the validators of the dataset schemas and those of the configuration options."""
    return validators.get_validators() | config_config.get_validators()


def get_helpers() -> dict[str, Callable[..., Any]]:
    """Return the template helpers, and the one of CKAN that is chained."""
    ours = {name: each for one in registry.enabled() for name, each in one.template_helpers().items()}
    return ours | {"humanize_entity_type": humanize_entity_type}


def get_blueprints() -> list[Blueprint]:
    """Return the routes of the features and of their output formats."""
    return [*(blueprint for one in registry.enabled() for blueprint in one.blueprints), formats.format_blueprint()]


def get_commands() -> list[click.Command]:
    """Return `ckan opensmartcity`, assembled from the commands of the features."""
    group = click.Group("opensmartcity", help="Govern the datasets of this portal by the open standard.")
    for one in registry.enabled():
        for command in one.commands:
            group.add_command(command)
    return [group]


@tk.blanket.config_declarations(declaration.declare)
@tk.blanket.actions(get_actions)
@tk.blanket.auth_functions(get_auth_functions)
@tk.blanket.validators(get_validators)
@tk.blanket.helpers(get_helpers)
@tk.blanket.blueprints(get_blueprints)
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
        """Add templates and assets of the features that are on, and our fields to the schemas of scheming."""
        registry_check.check_contributions()
        dataset_schemas.add_fields()
        for one in registry.enabled():
            if one.templates:
                tk.add_template_directory(config, str(one.folder / "templates"))
            if one.assets:
                library = "opensmartcity" if one.name == registry.CORE else f"opensmartcity-{one.name}"
                tk.add_resource(str(one.folder / "assets"), library)

    def configure(self, config: CKANConfig) -> None:
        """Check the options and load the standard, so that a mistake stops the start instead of failing a request."""
        compat.start()
        config_config.check()
        config_config.standard()
        registry_check.check_indicators()
        registry_check.check_switches()
        query_hooks.check()
        packages.watch()
        for one in registry.enabled():
            one.start()
        doctor.log_findings()

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
        """Replace and patch views of CKAN, now that it has made the routes of each dataset type; begin monitoring."""
        views = getattr(app, "view_functions", {})
        show_algorithms_as_transparency_pages(views)
        compat.patch_views(views)
        health.start(app)
        return app

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """Add the codes of the answers to the search index, within the limits of Solr."""
        availability.require_solr()
        document = index_document.index_answers(pkg_dict)
        remove_controls(document)
        enforce_limits(document)
        return document

    def after_dataset_show(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Remove control characters from datasets that were stored with them."""
        remove_controls(pkg_dict)

    def after_dataset_create(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Notify the features of a new dataset."""
        _dataset_changed(context, pkg_dict["id"], new=True)

    def after_dataset_update(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Notify the features of a change."""
        compat.index_moved_date(pkg_dict["id"])
        _dataset_changed(context, pkg_dict["id"], new=False)

    def after_dataset_delete(self, context: Context, pkg_dict: dict[str, Any]) -> None:
        """Notify the features of a deletion."""
        _dataset_changed(context, pkg_dict["id"], new=False)

    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        """Rewrite filters on facets of the standard to select values as of today."""
        availability.require_solr()
        return query_hooks.hold_back_facets(query_hooks.rewrite_filters(query_hooks.add_list_filters(search_params)))

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        """Count the facets of the standard as of today, and label their values."""
        return query_hooks.add_facet_counts(search_results, search_params)

    def dataset_facets(self, facets_dict: Facets, package_type: str) -> Facets:
        """Add the facets of the standard to a list of datasets or algorithms."""
        return query_hooks.add_facets(facets_dict, package_type)

    def group_facets(self, facets_dict: Facets, group_type: str, package_type: str | None) -> Facets:
        """Add the facets of the standard to the datasets of a group."""
        return query_hooks.add_facets(facets_dict, package_type)

    def organization_facets(self, facets_dict: Facets, organization_type: str, package_type: str | None) -> Facets:
        """Add the facets of the standard to the datasets of an organisation."""
        return query_hooks.add_facets(facets_dict, package_type)


def _dataset_changed(context: Context, id: str, *, new: bool) -> None:
    """Notify each feature of a created, changed or deleted dataset."""
    if compat.HIDES_INDEX_ERRORS:
        availability.require_solr()
    for one in registry.enabled():
        one.dataset_changed(context, id, new)
