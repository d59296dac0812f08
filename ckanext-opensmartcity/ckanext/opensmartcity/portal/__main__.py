"""`python -m ckanext.opensmartcity.portal`."""

import sys

from .launch import main

sys.exit(main())
