"""Search: what the index holds; facets, filters and counts as Solr queries."""
