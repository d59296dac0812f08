"""Tables and SQL statements of the core."""
