"""Algorithm register: its entry in the navigation and its introduction above the list."""

from __future__ import annotations

from flask import current_app

from ..contributions import PageLink, Panel
from ..feature import Feature
from ..governance.governance import ALGORITHM_TYPE
from ..standard.i18n import N_

_LIST = f"{ALGORITHM_TYPE}.search"


FEATURE = Feature(
    name="register",
    templates=True,
    panels=[
        Panel(
            "list",
            10,
            "opensmartcity/snippets/register.html",
            lambda values: True if values["dataset_type"] == ALGORITHM_TYPE else None,
        )
    ],
    links=[
        PageLink(
            "site",
            10,
            N_("Algorithms"),
            _LIST,
            # An administrator may load other schemas.
            when=lambda values: _LIST in current_app.view_functions,
            highlight=(ALGORITHM_TYPE,),
            name="algorithms",
        )
    ],
)
