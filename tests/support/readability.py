"""How easy the English sentences of the page are; `python tests/support/readability.py > docs/reading.md` writes it down."""

from __future__ import annotations

import re

import textstat
from ckanext.opensmartcity.standard import Standard, load_standard, shipped_folder

_HEAD = """\
# How easy the page is to read

The sentences that tell answers on the transparency page, in English, measured with textstat. A name stands in the place
of each answer. The LIX of newspapers is about 45, that of children's books below 30. ARI is the school year (of the
United States) in which most pupils can read the text. Made by `python tests/support/readability.py > docs/reading.md`; a test
looks that it is current.

| group | sentences | longest, words | words in a sentence | LIX | ARI |
|---|---|---|---|---|---|
"""


def measures(standard: Standard) -> dict[str, tuple[int, int, float, float, float]]:
    """Return number of sentences, longest, average length, LIX and ARI for each group."""
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
    """Return the page of the documentation."""
    rows = [
        f"| {name} | {number} | {longest} | {average:.1f} | {lix:.0f} | {ari:.1f} |\n"
        for name, (number, longest, average, lix, ari) in measures(standard).items()
    ]
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    print(page(load_standard(shipped_folder())), end="")  # noqa: T201
