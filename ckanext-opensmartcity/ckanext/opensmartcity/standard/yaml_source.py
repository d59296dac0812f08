"""YAML parser that keeps the file and line of each key for error messages, and suggestions for mistyped names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `: did you mean 'x'?` for the most similar known name, "" if none is similar."""
    found = closest(name, known)
    return f": did you mean '{found}'?" if found else ""


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the most similar known name, None if none is similar."""
    return next(iter(get_close_matches(name, list(known), n=1)), None)


class SourceError(Exception):
    """An error in a file of the standard, with its file, line and reason."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


class Section(dict[str, Any]):
    """A YAML mapping with the file and line of each of its keys, which can differ after an overlay."""

    file: str
    line: int
    lines: dict[str, int]
    files: dict[str, str]

    def error(self, reason: str, key: str | None = None) -> SourceError:
        """Return a SourceError for the line of `key`, else for the first line of the section."""
        file = self.files.get(key or "", self.file)
        return SourceError(file, self.lines.get(key or "", self.line), reason)

    def changed_by(self, change: Section) -> Section:
        """Return a copy that is updated with the keys of `change`."""
        result = Section({**self, **change})
        result.file, result.line = self.file, self.line
        result.lines = {**self.lines, **change.lines}
        result.files = {**self.files, **dict.fromkeys(change, change.file)}
        return result

    def allow(self, keys: Iterable[str]) -> None:
        """Raise SourceError for the first key that is not one of `keys`."""
        for key in self:
            if key not in keys:
                known = ", ".join(sorted(keys))
                raise self.error(f"unknown key '{key}'{nearest(key, keys)} (allowed: {known})", key)

    def text(self, key: str) -> str:
        """Return a text. Raise SourceError if it is missing or blank."""
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"'{key}' must be a text that is not empty", key)
        return value.strip()

    def optional_text(self, key: str) -> str | None:
        """Return a text, None if the key is absent. Raise SourceError if it is blank."""
        return self.text(key) if key in self else None

    def sections(self, key: str) -> list[Section]:
        """Return a list of mappings. Raise SourceError if it is missing or empty."""
        value = self.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, Section) for item in value):
            raise self.error(f"'{key}' must be a list of mappings that is not empty", key)
        return value

    def texts(self, key: str) -> list[str]:
        """Return a list of texts. Raise SourceError if it is missing or empty."""
        value = self.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
            raise self.error(f"'{key}' must be a list of texts that is not empty", key)
        return value


class _Loader(yaml.SafeLoader):
    """SafeLoader that records line numbers, rejects duplicate keys and keeps dates as text."""

    file = ""

    def section(self, node: yaml.MappingNode) -> Section:
        result = Section()
        result.file, result.line, result.lines, result.files = self.file, node.start_mark.line + 1, {}, {}
        for key_node, value_node in node.value:
            key, line = str(self.construct_object(key_node)), key_node.start_mark.line + 1
            if key in result:
                raise SourceError(self.file, line, f"the key '{key}' is defined twice")
            result[key] = self.construct_object(value_node, deep=True)
            result.lines[key] = line
        return result

    def plain(self, node: yaml.ScalarNode) -> str:
        return str(self.construct_scalar(node))


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _Loader.section)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.plain)


def read(path: Path) -> Section:
    """Parse a YAML file whose root is a mapping. Raise SourceError with file and line if it cannot be parsed."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SourceError(path.name, 1, f"the file cannot be read: {error}") from error
    loader.file = path.name
    try:
        content = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SourceError(path.name, line, f"not valid YAML: {error.problem}") from error
    except (ValueError, KeyError, RecursionError) as error:
        raise SourceError(path.name, 1, f"a value cannot be read: {error}") from error
    if not isinstance(content, Section):
        raise SourceError(path.name, 1, "the file must hold a mapping")
    return content
