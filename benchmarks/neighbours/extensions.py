"""Extensions that cities run: where each comes from, its plugins, and what it needs to start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Extension:
    """An extension at one version of the package index, or at one commit of its repository."""

    name: str
    plugins: tuple[str, ...]
    version: str = ""
    repository: str = ""
    commit: str = ""
    # Requirements that its package does not declare: most extensions list them in a file of their repository.
    packages: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    # Commands of `ckan` that create its tables, where it has no migrations.
    commands: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Version as readers know it: of the package index, or the commit of the repository."""
        return self.version or f"{self.repository} at {self.commit[:7]}"

    @property
    def module(self) -> str:
        """Name of the Python package."""
        return "ckanext." + self.name.removeprefix("ckanext-").replace("-", "_")


# Plugins of CKAN itself, without which hardly any portal runs. CKAN dropped recline_view before 2.11.
CKAN_PLUGINS = (
    *("activity", "stats", "resource_proxy", "datastore", "datatables_view"),
    *("text_view", "image_view", "audio_view", "video_view", "webpage_view"),
)

EXTENSIONS = (
    Extension(
        "ckanext-dcat",
        ("dcat", "structured_data", "croissant"),
        version="2.4.4",
        options={"ckanext.dcat.rdf.profiles": "euro_dcat_ap_3", "ckanext.dcat.enable_content_negotiation": "true"},
    ),
    Extension(
        "ckanext-harvest",
        ("harvest", "ckan_harvester"),
        version="1.6.3",
        packages=("ckantoolkit", "pika"),
        options={"ckan.harvest.mq.type": "redis"},
    ),
    Extension(
        "ckanext-spatial",
        ("spatial_metadata", "spatial_query"),
        version="2.3.2",
        packages=("ckantoolkit", "lxml", "pyparsing", "pyproj", "OWSLib", "Shapely", "geojson"),
        options={"ckanext.spatial.search_backend": "solr-bbox"},
    ),
    Extension(
        "ckanext-pages",
        ("pages", "textboxview"),
        repository="ckan/ckanext-pages",
        commit="6c8d5939b01964c30a0394f10fef6e8f5a210ada",
        packages=("six",),
    ),
    Extension(
        "ckanext-showcase",
        ("showcase",),
        repository="ckan/ckanext-showcase",
        commit="6a9b6e96c4482b9becbfb0bdd27083d51b4900ed",
        packages=("ckantoolkit",),
    ),
    Extension(
        "ckanext-hierarchy",
        ("hierarchy_display", "hierarchy_form", "hierarchy_group_form"),
        repository="ckan/ckanext-hierarchy",
        commit="53c1ee74805d79aef7c9c01cc513eb881cb8928f",
    ),
    Extension(
        "ckanext-fluent",
        ("fluent",),
        repository="ckan/ckanext-fluent",
        # Later commits require an unreleased ckanext-scheming.
        commit="2c7c500bdc2f8dd6685dfe5f4a518bb966ff23e5",
        packages=("six",),
    ),
    Extension(
        "ckanext-xloader",
        ("xloader",),
        # 2.6.0 requires a newer urllib3 than CKAN 2.12.0 pins.
        version="2.5.2",
        packages=("ckantoolkit", "tabulator", "Unidecode", "python-dateutil", "six"),
    ),
    Extension(
        "ckanext-validation",
        ("validation",),
        version="2.2.0",
        packages=("ckantoolkit", "frictionless", "tabulator", "tableschema"),
        commands=("validation init-db",),
    ),
    Extension("ckanext-geoview", ("geo_view", "geojson_view", "wmts_view", "shp_view"), version="0.3.2"),
    Extension(
        "ckanext-pdfview",
        ("pdf_view",),
        repository="ckan/ckanext-pdfview",
        commit="071571546b99498f543ea0c34de44da3b9ac9d7b",
    ),
    Extension("ckanext-dataset-series", ("dataset_series",), version="0.1.1"),
    Extension("ckanext-downloadall", ("downloadall",), version="0.3.0"),
    Extension("ckanext-comments", ("comments",), version="0.3.1.post1"),
    Extension("ckanext-contact", ("contact",), version="2.4.5"),
    Extension("ckanext-officedocs", ("officedocs_view",), version="2.0.0"),
    Extension(
        "ckanext-googleanalytics",
        ("googleanalytics",),
        version="2.5.1",
        packages=("google-api-python-client", "oauth2client"),
        options={"googleanalytics.id": "G-1"},
    ),
)
