"""Search: the indexed representation of records; facets, filters and counts as Solr queries."""
