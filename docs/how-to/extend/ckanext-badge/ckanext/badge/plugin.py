"""CKAN plugin of the badge."""

from __future__ import annotations

from collections.abc import Sequence

import ckan.plugins as p
from ckanext.opensmartcity.feature import Feature
from ckanext.opensmartcity.interfaces import IOpenSmartCity

from .feature import FEATURE


class BadgePlugin(p.SingletonPlugin):
    """Contributes the feature `badge` to ckanext-opensmartcity."""

    p.implements(IOpenSmartCity)

    def get_opensmartcity_features(self) -> Sequence[Feature]:
        """Return the features of this extension."""
        return [FEATURE]
