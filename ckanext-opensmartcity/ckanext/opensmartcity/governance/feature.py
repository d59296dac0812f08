"""Core feature, always on: the form, the transparency page, default answers and the pages of the standard."""

from __future__ import annotations

from ..feature import Feature
from ..search import helpers as search_helpers
from . import actions
from .helpers import form, pages, transparency
from .views import dataset, default_answers, standard
from .views import form as form_views

FEATURE = Feature(
    name="governance",
    actions=[actions],
    helpers=[form, pages, search_helpers, transparency],
    blueprints=[dataset.blueprint, form_views.blueprint, standard.blueprint, default_answers.blueprint],
    templates=True,
    assets=True,
)
