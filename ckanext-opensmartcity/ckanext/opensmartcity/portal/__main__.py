"""Entry point of `python -m ckanext.opensmartcity.portal`."""

import sys

from .cli import main

sys.exit(main())
