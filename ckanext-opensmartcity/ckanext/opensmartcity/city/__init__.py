"""City page: indicators of the whole catalogue (dashboard), as page, JSON, CSV and printed report."""
