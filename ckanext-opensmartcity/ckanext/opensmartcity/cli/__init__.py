"""Command line programs: `opensmartcity`, which does not need CKAN, and `ckan opensmartcity` in `admin`."""
