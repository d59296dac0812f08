"""Embedded portal for development and demonstration: PostgreSQL, Valkey, Solr and CKAN, without root or containers."""
