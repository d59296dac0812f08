"""`ckan opensmartcity city-report`: the city page as one HTML file, to put before a council."""

from __future__ import annotations

from typing import Any, TextIO

import ckan.plugins.toolkit as tk
import click
from ckan.lib.i18n import get_locales
from ckan.lib.search import SearchError, SolrConnectionError

from ..standard import shipped_languages


@click.command("city-report")
@click.option("--lang", default="", metavar="CODE", help="Language of the report; that of the portal if not given.")
@click.option(
    "--output",
    default="-",
    metavar="FILE",
    type=click.File("w", encoding="utf-8", atomic=True),
    help="File to write, such as report.html; without it the report goes to standard output.",
)
@click.pass_context
def city_report(ctx: click.Context, lang: str, output: TextIO) -> None:
    """Write the figures of the city as one HTML file, to put before a council.

    The file needs nothing else: no network, no scripts, no other file. A browser prints it, also as PDF.
    """
    code = _language(lang)
    # As if a resident had asked for the page: only what everybody may see is in it.
    with ctx.meta["flask_app"].test_request_context("/transparency", environ_overrides=_environment(code)):
        output.write(_render(code))
    if output.name != "<stdout>":
        click.echo(f"Written: {output.name}", err=True)


def _environment(code: str) -> dict[str, Any]:
    """Return what CKAN's own middleware would say of the language; links lead to pages in it where there are such."""
    linked = code in get_locales() and code != tk.config["ckan.locale_default"]
    return {"CKAN_LANG": code, "CKAN_LANG_IS_DEFAULT": not linked}


def _language(lang: str) -> str:
    code, shipped = lang or str(tk.config["ckan.locale_default"]), shipped_languages()
    if code in shipped:
        return code
    if lang:
        raise click.BadParameter(f"'{lang}' is not shipped. There is: {', '.join(shipped)}", param_hint="--lang")
    return shipped[0]


def _render(lang: str) -> str:
    city = _city(lang)
    return str(tk.render("opensmartcity/report.html", {"city": city, "lang": lang}))


def _city(lang: str) -> dict[str, Any]:
    try:
        city: dict[str, Any] = tk.get_action("governance_city_show")({"user": ""}, {"lang": lang})
    except (SearchError, SolrConnectionError) as error:
        raise click.ClickException("The search does not answer: is Solr running?") from error
    except tk.NotAuthorized as error:
        raise click.ClickException("Visitors of this portal may not search, so there are no public figures.") from error
    return city
