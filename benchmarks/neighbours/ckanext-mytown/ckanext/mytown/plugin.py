"""Theme of an invented city: replaces CKAN's header with its navigation, and the footer."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig


class MyTownPlugin(p.SingletonPlugin):
    """Templates of the city."""

    p.implements(p.IConfigurer)

    def update_config(self, config: CKANConfig) -> None:
        """Add the templates of the city."""
        tk.add_template_directory(config, "templates")
