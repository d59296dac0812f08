"""Audit of the whole catalogue: filters, sealed cursors, rows from the search index, and citable exports."""
