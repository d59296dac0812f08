"""HTTP concerns that all pages share."""
