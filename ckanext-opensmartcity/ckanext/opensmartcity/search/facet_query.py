"""Queries with public names of facets, rewritten for the index fields as of today.

The query is parsed with luqum, a parser of Lucene's query syntax, so that only clauses on facets of the standard are
replaced: not words in quotes, nor fields of other plugins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchQueryError
from luqum.exceptions import ParseError
from luqum.thread import parse
from luqum.tree import (
    BaseGroup,
    BaseOperation,
    Boost,
    Item,
    Not,
    OrOperation,
    Phrase,
    Plus,
    Prohibit,
    Range,
    SearchField,
    Unary,
    Word,
)

from ..standard import Standard
from ..standard.answers import shorten
from .facet_fields import EnumeratedFacet, IndexedFacet, ListFacet, in_phase_of, indexed_facets
from .turns import in_phase

_NOTHING = "(*:* NOT *:*)"
# Local parameters such as {!edismax}; CKAN decides which are allowed.
_LOCAL_PARAMETERS = re.compile(r"\s*\{![^}]*\}")
# The parser takes a quarter of a second for so many characters, and forty times as long for five times as many.
MAX_LENGTH = 20_000
# Solr runs out of stack at some thousand nested brackets, which would look like a failure of the server.
_MAX_DEPTH = 200
_WILDCARDS = frozenset("*?")
_OPERATORS = {"&&": "AND", "||": "OR"}
_CODE = re.compile(r"[\w-]+", re.ASCII)
_ESCAPED = re.compile(r"\\(.)")
_UNARY: dict[type[Unary], str] = {Plus: "+", Prohibit: "-", Not: "NOT "}


def rewrite(query: str, standard: Standard, today: date) -> str:
    """Return a query in which clauses on facets of the standard select the index fields that hold today's values.

    The rest of the query stays as it is.

    :raises SearchQueryError: the query names a facet, and has a syntax error or is too long
    """
    facets = indexed_facets(standard)
    if not any(f"{name}:" in query for name in facets):
        return query
    if len(query) > MAX_LENGTH:
        text = tk._("A query with filters of the standard must not be longer than {limit} characters.")
        raise SearchQueryError(text.format(limit=MAX_LENGTH))
    return _rewrite(query, standard, today)


# The conditions of indicators are queries of up to 4,000 characters, which every visit of the city page repeats.
@lru_cache(maxsize=256)
def _rewrite(query: str, standard: Standard, today: date) -> str:
    local = _LOCAL_PARAMETERS.match(query)
    start = local.end() if local else 0
    written, done = "", 0
    try:
        for node in _search_fields(parse(query[start:])):
            name = node.name.removeprefix("!")
            facet = indexed_facets(standard).get(name)
            # luqum gives no place to clauses within a clause, which Solr does not have.
            if facet is None or start + node.pos < done:
                continue
            written += query[done : start + node.pos] + node.name[: -len(name)]
            written += f"({_Clause(facet, today).write(node.expr)})"
            done = start + node.expr.pos + node.expr.size
    except (ParseError, RecursionError) as error:
        raise SearchQueryError(tk._("Invalid query. Use the syntax of package_search.")) from error
    return written + query[done:]


def _search_fields(tree: Item) -> Iterator[SearchField]:
    """Yield the clauses of a query that name a field, in their order; RecursionError for too many brackets."""
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            raise RecursionError
        if isinstance(node, SearchField):
            yield node
        waiting.extend((child, depth + 1) for child in reversed(node.children))


class _Clause:
    """Serializes the value of a clause: each term with its index field; operators and groups stay."""

    def __init__(self, facet: IndexedFacet, today: date) -> None:
        self.facet = facet
        self.today = today

    def write(self, node: Item) -> str:
        """Return the query for a term, a range, or a group of them."""
        if isinstance(node, OrOperation) and all(isinstance(each, (Word, Phrase)) for each in node.children):
            return self.any_of(node.children)
        if isinstance(node, BaseOperation):
            operator = f" {node.op} " if node.op else " "
            return operator.join(map(self.write, node.children))
        if isinstance(node, Unary):
            return f"{_UNARY[type(node)]}{self.write(node.a)}"
        if isinstance(node, (Boost, BaseGroup)):
            return f"({self.write(node.expr)})" + (f"^{node.force}" if isinstance(node, Boost) else "")
        return self.leaf(node)

    def leaf(self, node: Item) -> str:
        """Return the query for a term or a range, or an operator that luqum takes for a term."""
        text = _text(node)
        if text in _OPERATORS:
            return _OPERATORS[text]
        if isinstance(node, Word) and text.startswith("!"):
            return f"NOT {self.any_of([Word(text[1:])])}"
        return self.any_of([node])

    def any_of(self, nodes: Sequence[Item]) -> str:
        """Return the query for records that have at least one of some terms or ranges today."""
        facet = self.facet
        if not isinstance(facet, EnumeratedFacet):
            terms = [_text(node) for node in nodes]
            return self.today_in({facet.fields[0]: terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"})
        if isinstance(facet, ListFacet) and any(map(_is_anything, nodes)):
            return self.today_in({facet.fields[0]: "[* TO *]"})
        # Most terms are codes, and a condition can name all countries but some: only patterns are tried on each.
        codes = {code for node in nodes if (code := _code(node)) is not None}
        patterns = [node for node in nodes if _code(node) is None]
        chosen = [value for value in facet.values if value in codes or any(_matches(each, value) for each in patterns)]
        if isinstance(facet, ListFacet):
            # Codes that the standard no longer has are still counted, so that they can still be chosen.
            chosen += sorted(code for code in codes.difference(facet.values) if _CODE.fullmatch(code))
        return self.today_in(facet.clauses(chosen)) if chosen else _NOTHING

    def today_in(self, clauses: Mapping[str, str]) -> str:
        """Return the query for records that meet at least one of some clauses, by field, in the phase of today."""
        steady = [f"{field}:{clause}" for field, clause in clauses.items() if field not in self.facet.turning]
        turning = {field: clause for field, clause in clauses.items() if field in self.facet.turning}

        def of_phase(phase: str) -> str:
            return _any(f"{in_phase_of(field, phase)}:{clause}" for field, clause in turning.items())

        return _any([*steady, *([in_phase(of_phase, self.today)] if turning else ())])


def _any(queries: Iterable[str]) -> str:
    """Return the disjunction of at least one query."""
    listed = list(queries)
    return listed[0] if len(listed) == 1 else f"({' OR '.join(listed)})"


def _text(node: Item) -> str:
    return str(node).strip()


def _is_anything(node: Item) -> bool:
    return _text(node) == "*" or (isinstance(node, Range) and _text(node.low) == _text(node.high) == "*")


def _code(node: Item) -> str | None:
    """Return the one code that a term matches, None for a pattern or a range."""
    if isinstance(node, Phrase):
        return _unescape(node.value[1:-1])
    return _unescape(node.value) if isinstance(node, Word) and not _WILDCARDS & set(node.value) else None


def _matches(node: Item, value: str) -> bool:
    """Tell whether a pattern or a range matches a value of a facet, as it would in a string field of Solr."""
    if isinstance(node, Word):
        # Only `*` and `?` are wildcards in Lucene, not the brackets of fnmatch.
        return fnmatchcase(value, _unescape(node.value).replace("[", "[[]"))
    if isinstance(node, Range):
        low, high = (_unescape(_text(bound).strip('"')) for bound in (node.low, node.high))
        above = low == "*" or (value >= low if node.include_low else value > low)
        return above and (high == "*" or (value <= high if node.include_high else value < high))
    text = tk._("“{value}” is not supported in filters on this facet. Use codes, quoted codes, *, ? and ranges.")
    raise SearchQueryError(text.format(value=shorten(_text(node))))


def _unescape(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
