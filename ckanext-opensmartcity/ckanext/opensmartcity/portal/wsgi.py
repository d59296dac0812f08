"""What gunicorn serves: CKAN as the ini file in CKAN_INI configures it."""

import os

from ckan.cli import load_config
from ckan.config.middleware import make_app

application = make_app(load_config(os.environ["CKAN_INI"]))
