"""The whole catalogue at 1,000, 10,000 and 100,000 datasets, and what our plugin costs a portal."""
