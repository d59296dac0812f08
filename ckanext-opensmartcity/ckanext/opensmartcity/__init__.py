"""CKAN plugin with which a city says who governs each dataset, and anyone can check it."""
