"""The commands: `opensmartcity`, which needs no CKAN, and `ckan opensmartcity`."""
