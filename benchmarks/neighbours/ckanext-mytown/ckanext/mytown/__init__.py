"""Extension of an invented city."""
