"""Auditing the whole catalogue: filters, cursors, rows of the index, exports and what makes them citable."""
