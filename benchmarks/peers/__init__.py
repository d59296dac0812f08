"""Compatibility: run the test suites of ckanext-scheming and ckanext-dcat with and without our plugin."""
