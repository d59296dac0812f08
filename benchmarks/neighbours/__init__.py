"""Compatibility: a city's portal with the extensions that cities run, before and after our plugin is installed."""
