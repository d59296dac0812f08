"""CKAN plugin of the badge."""

from __future__ import annotations

from collections.abc import Sequence

import ckan.plugins as p
from ckanext.opensmartcity.feature import Feature
from ckanext.opensmartcity.interfaces import IOpenSmartCity
from ckanext.opensmartcity.standard.predicates import FieldPredicate

from .feature import FEATURE
from .predicates import Detailed


class BadgePlugin(p.SingletonPlugin):
    """Contributes the feature `badge` and the predicate `detailed` to ckanext-opensmartcity."""

    p.implements(IOpenSmartCity)

    def get_opensmartcity_features(self) -> Sequence[Feature]:
        """Return the features of this extension."""
        return [FEATURE]

    def get_opensmartcity_predicates(self) -> Sequence[type[FieldPredicate]]:
        """Return the words that this extension adds to the condition language."""
        return [Detailed]
