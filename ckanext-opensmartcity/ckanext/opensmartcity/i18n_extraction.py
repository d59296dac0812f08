"""Babel extraction method for the translatable texts in the YAML files of `schemas/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import IO

import yaml
from babel.messages.mofile import read_mo

Extracted = tuple[int, str, "str | tuple[str, str]", list[str]]
Scalars = Mapping[str, yaml.ScalarNode]

_PRESET = "opensmartcity_"
_TEXTS = frozenset("clause definition form_placeholder help_text label message question reason sentence title".split())
_HEAD_TEXTS = frozenset({"name", "about"})
_IDENTITIES = ("field_name", "code", "id")
_WRITTEN_OUT = frozenset(_PRESET + kind for kind in ("text", "long_text", "text_or_url", "texts", "texts_or_uris"))


def extract_yaml(fileobj: IO[bytes], *_: object, **__: object) -> Iterator[Extracted]:
    """Yield line, function, text and a comment with its place for each text that is shown to readers.

    The function is "ngettext" for a sentence with a plural, else empty.
    """
    node = yaml.compose(fileobj, Loader=yaml.SafeLoader)
    if node is not None:
        yield from _walk(node, "")


def _walk(node: yaml.Node, place: str) -> Iterator[Extracted]:
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _walk(entry, place)
    if not isinstance(node, yaml.MappingNode):
        return
    scalars = {key.value: value for key, value in node.value if isinstance(value, yaml.ScalarNode)}
    identity = next((scalars[key].value for key in _IDENTITIES if key in scalars), "")
    place = "/".join(filter(None, (place, identity)))
    for key, value in node.value:
        if key.value not in scalars:
            yield from _walk(value, place)
        elif (text := value.value.strip()) and _is_shown(key.value, text, scalars):
            line, comments = key.start_mark.line + 1, [f"{place}: {key.value}" if place else key.value]
            if key.value == "sentence" and "plural" in scalars:
                yield line, "ngettext", (text, _value(scalars, "plural").strip()), comments
            else:
                yield line, "", text, comments


def _identity(scalars: Scalars) -> str:
    return next((scalars[key].value for key in _IDENTITIES if key in scalars), "")


def _is_shown(key: str, text: str, scalars: Scalars) -> bool:
    """Return whether a text is shown to readers verbatim, as opposed to codes, dates and URLs."""
    if key == "example":
        return _value(scalars, "preset") in _WRITTEN_OUT
    if "namespace" in scalars:
        return key in _HEAD_TEXTS
    if "field_name" in scalars and not _value(scalars, "preset").startswith(_PRESET):
        # A field of CKAN: skip texts that CKAN translates, and placeholders that are URLs.
        return key in _TEXTS and text not in _translated_by_ckan() and (key != "form_placeholder" or " " in text)
    return key in _TEXTS


def _value(scalars: Scalars, key: str) -> str:
    return str(scalars[key].value) if key in scalars else ""


@cache
def _translated_by_ckan() -> frozenset[str]:
    """Return the texts that CKAN translates itself, from its Dutch catalogue."""
    with files("ckan.i18n").joinpath("nl/LC_MESSAGES/ckan.mo").open("rb") as catalogue:
        return frozenset(str(message.id) for message in read_mo(catalogue))
