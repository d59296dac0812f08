"""Import of records, and migration between versions of the standard."""
