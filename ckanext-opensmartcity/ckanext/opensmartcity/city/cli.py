"""`ckan opensmartcity city-report`: the city page as one self-contained HTML file, for a council meeting."""

from __future__ import annotations

from typing import Any, TextIO

import ckan.plugins.toolkit as tk
import click
from ckan.lib.i18n import get_locales
from ckan.lib.search import SearchError, SolrConnectionError

from ..standard import shipped_languages


@click.command("city-report")
@click.option("--lang", default="", metavar="CODE", help="Language of the report; by default that of the portal.")
@click.option(
    "--output",
    default="-",
    metavar="FILE",
    type=click.File("w", encoding="utf-8", atomic=True),
    help="File to write, such as report.html; by default standard output.",
)
@click.pass_context
def city_report(ctx: click.Context, lang: str, output: TextIO) -> None:
    """Write the figures of the city as one HTML file, for a council meeting.

    The file is self-contained: it needs no network, no scripts and no other files. A browser prints it, also as PDF.
    """
    code = _language(lang)
    # Links lead to pages in this language if CKAN has it, as CKAN's own middleware would set it.
    linked = code in get_locales() and code != tk.config["ckan.locale_default"]
    environment = {"CKAN_LANG": code, "CKAN_LANG_IS_DEFAULT": not linked}
    # Rendered as for an anonymous visitor: the report holds public data only.
    with ctx.meta["flask_app"].test_request_context("/transparency", environ_overrides=environment):
        output.write(str(tk.render("opensmartcity/report.html", {"city": _city(code), "lang": code})))
    if output.name != "<stdout>":
        click.echo(f"Written: {output.name}", err=True)


def _language(lang: str) -> str:
    code, shipped = lang or str(tk.config["ckan.locale_default"]), shipped_languages()
    if code in shipped:
        return code
    if lang:
        raise click.BadParameter(f"'{lang}' is not shipped. There is: {', '.join(shipped)}", param_hint="--lang")
    return shipped[0]


def _city(lang: str) -> dict[str, Any]:
    try:
        city: dict[str, Any] = tk.get_action("governance_city_show")({"user": ""}, {"lang": lang})
    except (SearchError, SolrConnectionError) as error:
        raise click.ClickException("The search does not answer: is Solr running?") from error
    except tk.NotAuthorized as error:
        raise click.ClickException("Visitors of this portal may not search, so there are no public figures.") from error
    return city
