"""Runs the test suites of the extensions that we stand beside, with our plugin and without, and compares them."""
