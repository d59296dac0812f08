"""Readability of the English sentences (LIX, ARI). `python tests/support/readability.py` prints docs/reading.md."""

from __future__ import annotations

import re

import textstat
from ckanext.opensmartcity.standard import Standard, load_standard, shipped_folder

_HEAD = """\
# How easy the page is to read

The English sentences of the transparency page, measured with textstat; a name stands for each answer. Newspapers have
a LIX of about 45, children's books of less than 30. ARI is the school year (in the United States) in which most pupils
can read the text. This page is printed by `python tests/support/readability.py`; a test checks that it is current.

| group | sentences | longest, words | words in a sentence | LIX | ARI |
|---|---|---|---|---|---|
"""


def measures(standard: Standard) -> dict[str, tuple[int, int, float, float, float]]:
    """Return by group: number of sentences, words in the longest, words on average, LIX and ARI."""
    return {f"{kind}: {group}": _measure(texts) for (kind, group), texts in _texts(standard).items()}


def _texts(standard: Standard) -> dict[tuple[str, str], list[str]]:
    return {
        key: [_read(text) for each in templates for text in (each.text, *each.codes.values()) if text]
        for key, templates in standard.sentences_of.items()
    }


def _read(text: str) -> str:
    return re.sub(r"\{\w+\}", "Parks", text).rstrip(":.") + "."


def _measure(texts: list[str]) -> tuple[int, int, float, float, float]:
    sentences = [sentence for text in texts for sentence in re.split(r"(?<=[.?!])\s", text)]
    words, whole = [len(sentence.split()) for sentence in sentences], " ".join(sentences)
    average, lix = sum(words) / len(words), textstat.lix(whole)
    return len(sentences), max(words), average, lix, textstat.automated_readability_index(whole)


def page(standard: Standard) -> str:
    """Return the content of docs/reading.md."""
    rows = [
        f"| {name} | {number} | {longest} | {average:.1f} | {lix:.0f} | {ari:.1f} |\n"
        for name, (number, longest, average, lix, ari) in measures(standard).items()
    ]
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    print(page(load_standard(shipped_folder())), end="")  # noqa: T201
