"""How Babel finds the texts of the standard: an extraction method for the YAML files in schemas/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import IO

import yaml
from babel.messages.mofile import read_mo

Found = tuple[int, str, str, list[str]]
Scalars = Mapping[str, yaml.ScalarNode]

_PRESET = "opensmartcity_"
_TEXTS = frozenset("clause definition form_placeholder help_text label message question reason sentence title".split())
_HEAD_TEXTS = frozenset({"name", "about"})
_IDENTITIES = ("field_name", "code", "id")
_WRITTEN_OUT = frozenset(_PRESET + kind for kind in ("text", "long_text", "text_or_url", "texts", "texts_or_uris"))


def extract_yaml(fileobj: IO[bytes], *_: object, **__: object) -> Iterator[Found]:
    """Yield line, no function, text and a comment (where it stands) for each text that a reader sees."""
    node = yaml.compose(fileobj, Loader=yaml.SafeLoader)
    if node is not None:
        yield from _walk(node, "")


def _walk(node: yaml.Node, place: str) -> Iterator[Found]:
    if isinstance(node, yaml.MappingNode):
        yield from _walk_mapping(node, place)
    elif isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _walk(entry, place)


def _walk_mapping(node: yaml.MappingNode, place: str) -> Iterator[Found]:
    scalars = {key.value: value for key, value in node.value if isinstance(value, yaml.ScalarNode)}
    place = "/".join(filter(None, (place, _identity(scalars))))
    for key, value in node.value:
        if key.value not in scalars:
            yield from _walk(value, place)
        elif (text := value.value.strip()) and _is_shown(key.value, text, scalars):
            yield key.start_mark.line + 1, "", text, [f"{place}: {key.value}" if place else key.value]


def _identity(scalars: Scalars) -> str:
    return next((scalars[key].value for key in _IDENTITIES if key in scalars), "")


def _is_shown(key: str, text: str, scalars: Scalars) -> bool:
    """Tell whether readers see a text as it stands here: no codes, dates or addresses."""
    if key == "example":
        return _value(scalars, "preset") in _WRITTEN_OUT
    if "namespace" in scalars:
        return key in _HEAD_TEXTS
    return key in _TEXTS and not (_is_ckans(scalars) and _is_left_to_ckan(key, text))


def _is_left_to_ckan(key: str, text: str) -> bool:
    """Tell whether a text of CKAN's own fields needs no translation of ours: CKAN has one, or it is an address."""
    return text in _translated_by_ckan() or (key == "form_placeholder" and " " not in text)


def _is_ckans(scalars: Scalars) -> bool:
    """Tell whether a mapping is one of CKAN's own fields, not a question of the standard."""
    return "field_name" in scalars and not _value(scalars, "preset").startswith(_PRESET)


def _value(scalars: Scalars, key: str) -> str:
    return str(scalars[key].value) if key in scalars else ""


@cache
def _translated_by_ckan() -> frozenset[str]:
    """Return the texts that CKAN translates, as its Dutch catalogue has them."""
    with files("ckan.i18n").joinpath("nl/LC_MESSAGES/ckan.mo").open("rb") as catalogue:
        return frozenset(str(message.id) for message in read_mo(catalogue))
