"""WSGI application for gunicorn: CKAN configured by the ini file that the variable CKAN_INI names."""

import os

from ckan.cli import load_config
from ckan.config.middleware import make_app

application = make_app(load_config(os.environ["CKAN_INI"]))
