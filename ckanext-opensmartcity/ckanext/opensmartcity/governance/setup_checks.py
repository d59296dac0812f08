"""Doctor checks of what `ckan.ini` states: options, order of plugins, schemas, cookies, timeouts and limits.

They need no service, and are therefore run when the web server starts, too.
"""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.common import config_declaration

from .. import config, registry
from ..contributions import Diagnosis, DoctorCheck
from ..standard import standard_digest
from ..standard.i18n import N_, Message
from ..standard.yaml_source import closest

_SCHEMING, _OURS = "scheming_datasets", "opensmartcity"
_VALIDATOR = "opensmartcity_governance"
# Seconds of `solr_timeout`: commits of a large catalogue take some; a visitor's process waits as long for a slow query.
_SHORTEST, _LONGEST = 10, 60
# Bytes of a request body that are read into memory before it is parsed.
_LARGE_BODY = 10 * 1024 * 1024


def check_options() -> Diagnosis:
    """Find options with our prefix that nobody has declared, such as misspelled ones, which have no effect."""
    declared = {str(key) for key in config_declaration.iter_options(pattern=f"{config.PREFIX}*")}
    unknown = {key: declared for key in tk.config if key.startswith(config.PREFIX) and key not in declared}
    known = {each.id for each in registry.doctor_checks()}
    unknown |= {name: known for name in config.silenced_checks() if name not in known}
    if not unknown:
        return Diagnosis("ok", Message(N_("All options of the plugin are known.")))
    nearest = {name: closest(name, among) for name, among in unknown.items()}
    names = ", ".join(name + (f" → {near}" if near else "") for name, near in sorted(nearest.items()))
    return Diagnosis(
        "warning",
        Message(N_("Options without effect, with the nearest known name: {names}"), {"names": names}),
        Message(N_("Correct or remove them in the configuration file of CKAN.")),
    )


def check_plugins() -> Diagnosis:
    """Check that scheming is on, behind this plugin: templates of the plugin that is named first are found first."""
    value = tk.config["ckan.plugins"]
    names = value.split() if isinstance(value, str) else list(value)
    remedy = Message(N_("Write in ckan.plugins, in this order: {names}"), {"names": f"{_OURS} {_SCHEMING}"})
    if _SCHEMING not in names:
        text = Message(N_("The plugin {name} is not in ckan.plugins: no answer can be saved."), {"name": _SCHEMING})
        return Diagnosis("error", text, remedy)
    if _OURS in names and names.index(_OURS) > names.index(_SCHEMING):
        text = Message(N_("{name} stands before this plugin, whose forms are therefore not used."), {"name": _SCHEMING})
        return Diagnosis("warning", text, remedy)
    return Diagnosis("ok", Message(N_("The plugins are in a good order.")))


def check_schema() -> Diagnosis:
    """Compare the schemas that ckanext-scheming has loaded with the standard."""
    standard, schemas = config.standard(), tk.h.scheming_dataset_schemas() or {}
    faults: list[str] = []
    for kind, record in standard.types.items():
        fields = {field.get("field_name") for field in schemas.get(kind, {}).get("dataset_fields", ())}
        missing = [name for name in record.fields if name not in fields]
        if kind not in schemas or len(missing) == len(record.fields):
            faults.append(kind)
        elif missing:
            faults.append(f"{kind} ({', '.join(missing)})")
        elif _VALIDATOR not in str(schemas[kind].get("before_validators", "")):
            faults.append(f"{kind} (before_validators: {_VALIDATOR})")
    if not faults:
        values = {"version": standard.version, "digest": standard_digest(standard)[:12]}
        text = Message(N_("Every question of the standard {version} ({digest}) has its field."), values)
        return Diagnosis("ok", text)
    return Diagnosis(
        "error",
        Message(N_("Schemas without the questions of the standard: {names}"), {"names": "; ".join(faults)}),
        Message(N_("Add what is missing to the files that scheming.dataset_schemas names, or remove that option.")),
    )


def check_cookies() -> Diagnosis:
    """Warn if the session cookie of a browser is enough for CKAN's API, which protects few of its actions from CSRF."""
    if not tk.config["ckan.auth.enable_cookie_auth_in_api"]:
        return Diagnosis("ok", Message(N_("The API takes tokens only, no cookies.")))
    return Diagnosis(
        "warning",
        Message(N_("The API takes the cookie of a browser, which other sites can make it send.")),
        Message(
            N_(
                "Set ckan.auth.enable_cookie_auth_in_api = false. If pages of your theme call the API for users, "
                "silence this check by ckanext.opensmartcity.silenced_checks."
            )
        ),
    )


def check_solr_timeout() -> Diagnosis:
    """Check that CKAN waits for Solr long enough to write, and not so long that slow queries occupy all processes."""
    seconds = int(tk.config["solr_timeout"])
    values = {"seconds": str(seconds)}
    remedy = Message(
        N_("Set solr_timeout to between {least} and {most}."), {"least": str(_SHORTEST), "most": str(_LONGEST)}
    )
    if seconds < _SHORTEST:
        text = N_("CKAN gives up on Solr after {seconds} seconds: commits of a large index take longer.")
        return Diagnosis("warning", Message(text, values), remedy)
    if seconds > _LONGEST:
        text = N_("A slow search keeps a process of the portal busy for {seconds} seconds.")
        return Diagnosis("warning", Message(text, values), remedy)
    return Diagnosis("ok", Message(N_("CKAN gives up on Solr after {seconds} seconds."), values))


def check_body_limit() -> Diagnosis:
    """Check the limits of request bodies: ours, and that of Flask, which applies first."""
    ours, of_all = config.max_body(), tk.config.get("MAX_CONTENT_LENGTH")
    values = {"n": str(ours // 1024)}
    if ours > _LARGE_BODY:
        return Diagnosis(
            "warning",
            Message(N_("Anybody may send {n} kilobytes to an action, which are read into memory."), values),
            Message(
                N_("Set {option} to {most} or less."), {"option": config.MAX_BODY, "most": str(_LARGE_BODY // 1024)}
            ),
        )
    if of_all and int(of_all) < ours:
        return Diagnosis(
            "warning",
            Message(N_("MAX_CONTENT_LENGTH is smaller than the {n} kilobytes that actions accept."), values),
            Message(
                N_("Set {option} to {most} or less."), {"option": config.MAX_BODY, "most": str(int(of_all) // 1024)}
            ),
        )
    return Diagnosis("ok", Message(N_("Requests to actions may have {n} kilobytes."), values))


CHECKS = tuple(
    DoctorCheck(name, run, start=run)
    for name, run in (
        ("options", check_options),
        ("plugins", check_plugins),
        ("schema", check_schema),
        ("api-cookies", check_cookies),
        ("solr-timeout", check_solr_timeout),
        ("body-limit", check_body_limit),
    )
)
