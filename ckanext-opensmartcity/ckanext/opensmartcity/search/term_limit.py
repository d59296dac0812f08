"""Limits of Solr's fields, applied to each index document, so that no value of a record can break its index write.

CKAN indexes each extra twice: as text for full-text search (`extras_KEY`), and whole in a string field (`KEY`) for
exact filters. Lucene rejects a document with a term of more than 32,766 bytes, and with it the save of the record, see
https://github.com/ckan/ckan/issues/6911. A boundary in GeoJSON or a long lineage is a valid extra that nobody filters
by: it is stored and found by its words, and left out of the string field.
"""

from __future__ import annotations

from typing import Any

# IndexWriter.MAX_TERM_LENGTH of Lucene, in bytes of UTF-8.
MAX_TERM_BYTES = 32_766

# Fields of CKAN's schema that are divided into words or not indexed, and prefixes of such fields.
_WITHOUT_LIMIT = frozenset(
    "title title_ngram name_ngram notes author author_email maintainer maintainer_email res_name res_description text "
    "urls depends_on dependency_of derives_from has_derivation links_to linked_from child_of parent_of data_dict "
    "validated_data_dict".split()
)
_TEXT_PREFIXES = ("extras_", "res_extras_")
_SORT_FIELD = "title_string"
# Fields of CKAN's schema that an extra of the same name would fill with something else than a number.
_NUMBERS = ("views_total", "views_recent", "resources_accessed_total", "resources_accessed_recent")
# Solr's optimistic concurrency: a number here demands that the document has this version.
_VERSION = "_version_"


def enforce_limits(document: dict[str, Any]) -> None:
    """Remove the values from an index document that Solr would reject it for, and shorten the field for sorting."""
    document.pop(_VERSION, None)
    for name in _NUMBERS:
        if name in document and not str(document[name]).isdecimal():
            del document[name]
    for name in [name for name in document if name not in _WITHOUT_LIMIT and not name.startswith(_TEXT_PREFIXES)]:
        value = document[name]
        if isinstance(value, list):
            document[name] = [entry for entry in value if not is_too_long(entry)]
        elif is_too_long(value):
            if name == _SORT_FIELD:
                # A quarter of the bytes as characters: UTF-8 has at most four bytes for each.
                document[name] = value[: MAX_TERM_BYTES // 4]
            else:
                del document[name]


def is_too_long(value: Any) -> bool:
    """Tell whether a text exceeds the limit of one term."""
    if not isinstance(value, str) or len(value) * 4 <= MAX_TERM_BYTES:
        return False
    return len(value.encode("utf-8", "surrogatepass")) > MAX_TERM_BYTES
