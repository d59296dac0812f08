"""Core feature, always on: the form, the transparency page, default answers and the pages of the standard."""

from __future__ import annotations

from ..feature import Feature
from ..search import availability
from ..search import helpers as search_helpers
from ..views import api
from . import actions, doctor, helpers
from .helpers import form, transparency
from .views import dataset, default_answers, formats, publication, standard
from .views import form as views_form

FEATURE = Feature(
    name="governance",
    actions=[actions],
    chained_actions={"package_show": availability.package_show},
    helpers=[form, helpers, search_helpers, transparency],
    blueprints=[
        dataset.blueprint,
        publication.blueprint,
        views_form.blueprint,
        standard.blueprint,
        default_answers.blueprint,
        api.blueprint,
    ],
    commands=[doctor.doctor],
    doctor_checks=doctor.CHECKS,
    formats=[formats.JSON_FORMAT],
    templates=True,
    assets=True,
)
