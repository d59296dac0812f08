"""City page: indicators of the whole catalogue."""
