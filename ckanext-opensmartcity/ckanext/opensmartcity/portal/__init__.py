"""The embedded portal: PostgreSQL, Valkey, Solr and CKAN as the current user, started by one command."""
