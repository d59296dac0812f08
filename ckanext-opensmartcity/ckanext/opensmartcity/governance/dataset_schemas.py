"""Schemas of ckanext-scheming: add the fields of the standard to those that a city has for its dataset types.

Scheming loads the schemas of the city in its `update_config`, which CKAN calls before ours, because scheming stands
behind this plugin in `ckan.plugins`. Then CKAN registers the dataset types. A type without a schema of the city gets
the whole schema of the standard, which has CKAN's own fields too.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import ckan.plugins as p
import yaml
from ckan.exceptions import CkanConfigurationException

from .. import config
from ..standard import DECLARED_FIELD, shipped_folder
from ..standard.loader import PRESET_PREFIX
from ..standard.migration import VERSION_FIELD
from ..standard.model import RecordType

SCHEMAS = "scheming.dataset_schemas"
PRESETS = "ckanext.opensmartcity.schemas:presets.yaml"
_VALIDATORS = "before_validators"
# Texts of a field that a city may have changed in its copy of our schema.
_TEXTS = ("label", "question", "help_text", "reason", "example")

Schema = dict[str, Any]


def add_fields() -> None:
    """Add fields, presets and validator of the standard to the schemas of all governed dataset types.

    Raise CkanConfigurationException with a remedy if a type has no schema, several, or the form of another plugin, or
    if a field of the city has the name of one of ours.
    """
    # Not at the top: scheming asks for CKAN's validators when it is imported, before ours are registered.
    from ckanext.scheming import plugins as scheming  # noqa: PLC0415

    plugin = _scheming_plugin(scheming.SchemingDatasetsPlugin)
    files = {url: scheming._load_schema(url)["dataset_type"] for url in plugin._schema_urls}
    types = config.standard().types
    _check_forms(plugin, types)
    for preset in yaml.safe_load((shipped_folder() / "presets.yaml").read_text(encoding="utf-8"))["presets"]:
        plugin._presets.setdefault(preset["preset_name"], preset["values"])
    for name, record in types.items():
        named = [url for url, dataset_type in files.items() if dataset_type == name]
        if len(named) > 1:
            raise CkanConfigurationException(
                f"{SCHEMAS} names several schemas for the dataset type '{name}': {', '.join(named)}. Name only your "
                "own: the fields of the standard are added to it"
            )
        if not named and name != record.type:
            raise CkanConfigurationException(
                f"{config.DATASET_TYPES} names '{name}', but no schema that {SCHEMAS} names is for this dataset type. "
                f"There are schemas for: {', '.join(plugin._schemas) or 'none'}"
            )
        ours = config.record_schema(record.type)
        schema = _merge(named[0], plugin._schemas[name], ours, record) if named else ours
        plugin._schemas[name] = schema
        plugin._expanded_schemas |= scheming._expand_schemas({name: deepcopy(schema)})


def _scheming_plugin(scheming: type) -> Any:
    """Return the plugin that scheming's schemas belong to, which has loaded them by now."""
    order = list(p.PluginImplementations(p.IConfigurer))
    before = order[: next(index for index, plugin in enumerate(order) if plugin.name == "opensmartcity")]
    for plugin in before:
        if isinstance(plugin, scheming):
            return plugin
    raise CkanConfigurationException(
        "ckan.plugins must name scheming_datasets, after opensmartcity: opensmartcity adds its fields to the schemas "
        "that ckanext-scheming loads"
    )


def _check_forms(scheming: Any, types: Mapping[str, RecordType]) -> None:
    """Refuse a plugin that has a form of its own for a governed type, before CKAN refuses it with a traceback."""
    for plugin in p.PluginImplementations(p.IDatasetForm):
        for name in () if plugin is scheming else plugin.package_types():
            if name in types:
                raise CkanConfigurationException(
                    f"the plugin '{plugin.name}' has a form of its own (IDatasetForm) for the dataset type '{name}', "
                    f"which opensmartcity governs: remove it from ckan.plugins and move its fields into a schema that "
                    f"{SCHEMAS} names, or leave the type out of {config.DATASET_TYPES}"
                )


def _merge(url: str, theirs: Schema, ours: Schema, record: RecordType) -> Schema:
    """Return the schema of a city with the fields of the standard.

    Fields that the city has copied from us stay where they are, and keep its texts.
    """
    governed = {
        field["field_name"]: field
        for field in ours["dataset_fields"]
        if field["field_name"] in (*record.fields, DECLARED_FIELD, VERSION_FIELD)
    }
    fields: list[Schema] = []
    for field in deepcopy(theirs["dataset_fields"]):
        copied = governed.pop(field["field_name"], None)
        if copied is None:
            fields.append(field)
        elif field["field_name"] == VERSION_FIELD or str(field.get("preset")).startswith(PRESET_PREFIX):
            fields.append(copied | {key: field[key] for key in _TEXTS if key in field})
        else:
            raise CkanConfigurationException(
                f"{url}: the field '{field['field_name']}' of the dataset type '{theirs['dataset_type']}' has the name "
                "of a question of the standard: rename it, or drop it there and answer the question"
            )
    validators = str(theirs.get(_VALIDATORS) or "").split()
    before = [ours[_VALIDATORS], *(name for name in validators if name != ours[_VALIDATORS])]
    return {**theirs, _VALIDATORS: " ".join(before), "dataset_fields": [*fields, *governed.values()]}
