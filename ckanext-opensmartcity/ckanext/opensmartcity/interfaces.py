"""IOpenSmartCity: the interface by which other CKAN extensions add to this one.

`docs/how-to/extend/README.md` explains it with an extension that can be installed.
"""

from __future__ import annotations

from collections.abc import Sequence

from ckan.plugins.interfaces import Interface

from .feature import Feature
from .standard.predicates import Fact, FieldPredicate


class IOpenSmartCity(Interface):
    """Contribute features and predicates to ckanext-opensmartcity.

    A feature of another extension is one of ours in every respect: the option `ckanext.opensmartcity.features` switches
    it on and off by its name, and its actions, routes, panels, links, output formats, indicators, import sources,
    commands and doctor checks appear wherever ours do.
    """

    def get_opensmartcity_features(self) -> Sequence[Feature]:
        """Return the features of this extension.

        It is called often: return a constant of a module. `Feature.package` names the package that holds `templates`
        and `assets`. A name that is taken, or a contribution of the wrong type, stops the start with one line.
        """
        return ()

    def get_opensmartcity_predicates(self) -> Sequence[type[FieldPredicate] | type[Fact]]:
        """Return words that this extension adds to the condition language of the standard.

        Rules, obligations and indicators in the files of a city may then use them. They belong to the standard and not
        to a feature: `ckanext.opensmartcity.features` does not switch them off.
        """
        return ()
