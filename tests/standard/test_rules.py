"""Each rule of the standard: records that violate it, and records that do not."""

import pytest
from ckanext.opensmartcity.standard import DECLARED_FIELD

# OSC-040 asks the portal which records a user may see: tests/logic has its pair.
NEEDS_THE_PORTAL = {"OSC-040"}

UNKNOWN = {"state": "unknown"}
NOT_APPLICABLE = {"state": "not_applicable", "reason": "It is a base map."}
ALGORITHM = {"type": "algorithm"}
PERSONAL = {
    "privacy_class": "personal",
    "privacy_openness": "closed",
    "license_id": "notspecified",
    "privacy_personal_data": ["name"],
    "privacy_data_subjects": ["residents"],
    "privacy_purpose": "We send the permit.",
    "privacy_legal_basis": ["A6-1-e"],
    "privacy_impact_assessment": "done",
    "privacy_decision_rights": "You can see your data at the desk.",
    "privacy_objection": "privacy@city.example",
}
OPEN_PERSONAL = PERSONAL | {"privacy_openness": "open", "license_id": "cc-by"}
SENSITIVE = PERSONAL | {"privacy_class": "special_category", "privacy_special_condition": ["A9-2-b"]}
COUNCILLORS = SENSITIVE | {
    "privacy_openness": "open",
    "license_id": "cc-by",
    "privacy_special_condition": ["A9-2-e"],
    "privacy_legal_reference": "Local Elections Act, section 14",
}
CLOUD = {
    "sovereignty_storage_kind": "commercial_cloud",
    "sovereignty_provider": "CloudCo",
    "sovereignty_provider_country": "DE",
    "sovereignty_exit": "Export as CSV.",
}
FIXED = {
    "retention_type": "fixed_period",
    "retention_period": "P5Y",
    "retention_basis": "Schedule 12",
    "retention_disposition": "delete",
}
UNTIL = FIXED | {"retention_type": "until_date", "retention_period": None, "retention_until": "2030-01-01"}
EVENT = FIXED | {"retention_type": "until_event", "retention_period": None, "retention_event": "The permit ends."}
LINKED = {"resources": [{"url": "https://city.example/a.csv"}]}
DECIDES = ALGORITHM | {"algorithm_decision": "decides", "algorithm_justification": "The rules leave no choice."}

COMPLETE = {
    "personal": PERSONAL,
    "sensitive": SENSITIVE,
    "councillors": COUNCILLORS,
    "cloud": CLOUD,
    "fixed period": FIXED,
    "until a date": UNTIL,
    "until an event": EVENT,
    "algorithm that decides": DECIDES,
}


def declared(**entries):
    return {DECLARED_FIELD: entries}


def example(name, rule, *values):
    return pytest.param(rule, *values, id=f"{rule} {name}")


# rule, field on which it is reported, changes to a record that is complete
MEETS = [
    example("empty answer", "OSC-001", "ownership_owner", {"ownership_owner": ""}),
    example("answer needed by another", "OSC-001", "sovereignty_exit", CLOUD | {"sovereignty_exit": None}),
    example("of an algorithm", "OSC-001", "algorithm_risk", ALGORITHM | {"algorithm_risk": None}),
    example("refused answer", "OSC-001", "privacy_class", {"privacy_class": "secret"}),
    example("unknown code", "OSC-002", "privacy_class", {"privacy_class": "secret"}),
    example("of an algorithm", "OSC-002", "algorithm_risk", ALGORITHM | {"algorithm_risk": "low"}),
    example("list for a text", "OSC-003", "ownership_owner", {"ownership_owner": ["Parks"]}),
    example("no country", "OSC-003", "sovereignty_storage_countries", {"sovereignty_storage_countries": ["XX"]}),
    example("JSON that is not", "OSC-003", DECLARED_FIELD, {DECLARED_FIELD: "{"}),
    example("long text", "OSC-004", "fitness_limits", {"fitness_limits": "x" * 8001}),
    example("HTML", "OSC-004", "fitness_limits", {"fitness_limits": "<b>none</b>"}),
    example("script link", "OSC-005", "ownership_mandate", {"ownership_mandate": "javascript:alert(1)"}),
    example("no contact", "OSC-005", "ownership_contact", {"ownership_contact": "Jan"}),
    example("sensitive and open", "OSC-010", "privacy_openness", SENSITIVE | {"privacy_openness": "open"}),
    example("consent", "OSC-010", "privacy_openness", COUNCILLORS | {"privacy_special_condition": ["A9-2-a"]}),
    example("no law named", "OSC-010", "privacy_openness", COUNCILLORS | {"privacy_legal_reference": None}),
    example("consent", "OSC-011", "privacy_openness", OPEN_PERSONAL | {"privacy_legal_basis": ["A6-1-a"]}),
    example("no basis", "OSC-011", "privacy_openness", OPEN_PERSONAL | {"privacy_legal_basis": None}),
    example("open", "OSC-012", "privacy_openness", OPEN_PERSONAL | {"privacy_class": "pseudonymised"}),
    example("no condition", "OSC-013", "privacy_special_condition", SENSITIVE | {"privacy_special_condition": []}),
    example("personal data", "OSC-014", "privacy_personal_data", {"privacy_personal_data": ["name"]}),
    example("data subjects", "OSC-014", "privacy_data_subjects", {"privacy_data_subjects": ["residents"]}),
    example("legal basis", "OSC-014", "privacy_legal_basis", {"privacy_legal_basis": ["A6-1-e"]}),
    example("open without licence", "OSC-015", "privacy_openness", {"license_id": ""}),
    example("closed with open licence", "OSC-015", "privacy_openness", {"privacy_openness": "closed"}),
    example("shared with open licence", "OSC-015", "privacy_openness", {"privacy_openness": "shared"}),
    example("closed with a link", "OSC-016", "privacy_openness", PERSONAL | LINKED),
    example("planned", "OSC-017", "privacy_impact_assessment", SENSITIVE | {"privacy_impact_assessment": "planned"}),
    example("not done", "OSC-017", "privacy_impact_assessment", SENSITIVE | {"privacy_impact_assessment": "not_done"}),
    example("abroad", "OSC-020", "sovereignty_transfer_basis", PERSONAL | {"sovereignty_storage_countries": ["US"]}),
    example("partly abroad", "OSC-020", "sovereignty_transfer_basis",
            SENSITIVE | {"sovereignty_storage_countries": ["NL", "GB"]}),
    example("pseudonymised", "OSC-020", "sovereignty_transfer_basis",
            PERSONAL | {"privacy_class": "pseudonymised", "sovereignty_storage_countries": ["CH"]}),
    example("provider abroad", "OSC-021", "sovereignty_foreign_access", CLOUD | {"sovereignty_provider_country": "US"}),
    example("kept abroad", "OSC-021", "sovereignty_foreign_access", {"sovereignty_storage_countries": ["NL", "US"]}),
    example("period and event", "OSC-030", "retention_period", EVENT | {"retention_period": "P5Y"}),
    example("period and no end", "OSC-030", "retention_period", {"retention_period": "P5Y"}),
    example("event and date", "OSC-030", "retention_event", UNTIL | {"retention_event": "The permit ends."}),
    example("date and period", "OSC-030", "retention_until", FIXED | {"retention_until": "2030-01-01"}),
    example("date passed", "OSC-031", "retention_disposition", UNTIL | {"retention_until": "2026-05-31"}),
    example("period over", "OSC-031", "retention_disposition", FIXED | {"retention_starts_on": "2021-05-31"}),
    example("zero", "OSC-032", "retention_period", FIXED | {"retention_period": "P0D"}),
    example("negative", "OSC-032", "retention_period", FIXED | {"retention_period": "-P1Y"}),
    example("in words", "OSC-032", "retention_period", FIXED | {"retention_period": "5 years"}),
    example("31 February", "OSC-032", "retention_until", UNTIL | {"retention_until": "2030-02-31"}),
    example("of an algorithm", "OSC-032", "algorithm_started_on", ALGORITHM | {"algorithm_started_on": "2026"}),
    example("no justification", "OSC-041", "algorithm_justification", DECIDES | {"algorithm_justification": ""}),
    example("no oversight", "OSC-041", "algorithm_oversight", DECIDES | {"algorithm_oversight": ""}),
    example("no objection", "OSC-041", "algorithm_objection", DECIDES | {"algorithm_objection": ""}),
    example("prohibited", "OSC-042", "algorithm_risk", ALGORITHM | {"algorithm_risk": "prohibited"}),
    example("prohibited and planned", "OSC-042", "algorithm_risk",
            ALGORITHM | {"algorithm_risk": "prohibited", "algorithm_status": "planned"}),
    example("due before", "OSC-050", "governance_review_due", {"governance_review_due": "2026-04-30"}),
    example("of an algorithm", "OSC-050", "governance_review_due", ALGORITHM | {"governance_review_due": "2026-04-30"}),
    example("overdue", "OSC-051", "governance_review_due",
            {"governance_reviewed_on": "2025-05-01", "governance_review_due": "2026-05-31"}),
    example("too far", "OSC-051", "governance_review_due", {"governance_review_due": "2028-05-02"}),
    example("of an algorithm", "OSC-051", "governance_review_due", ALGORITHM | {"governance_review_due": "2028-05-02"}),
    example("tomorrow", "OSC-052", "governance_reviewed_on", {"governance_reviewed_on": "2026-06-02"}),
    example("of an algorithm", "OSC-052", "governance_reviewed_on",
            ALGORITHM | {"governance_reviewed_on": "2026-06-02"}),
    example("of an algorithm", "OSC-053", "algorithm_purpose", ALGORITHM | {"algorithm_purpose": "x"}),
    *(example(f"{text!a}", "OSC-053", "ownership_owner", {"ownership_owner": text})
      for text in ("tbd", "-", "?", "x", "X", "t. b. d.", "N/A", "n.v.t.", "k.A.", "…", "à définir", "POR DEFINIR",
                   "\u200btodo")),
    example("long text", "OSC-053", "fitness_limits", {"fitness_limits": "TODO"}),
    example("few letters", "OSC-053", "fitness_limits", {"fitness_limits": "Parks"}),
    example("one letter", "OSC-053", "ownership_steward_role", {"ownership_steward_role": "y -"}),
    example("one of a list", "OSC-053", "ownership_suppliers", {"ownership_suppliers": ["CloudCo", "tbd"]}),
    example("all of a list", "OSC-053", "ownership_suppliers", {"ownership_suppliers": ["?", "tbd"]}),
    example("reason", "OSC-053", "fitness_standards",
            declared(fitness_standards={"state": "not_applicable", "reason": "n/a"})),
    example("reason of few letters", "OSC-053", "fitness_standards",
            declared(fitness_standards={"state": "not_applicable", "reason": "no"})),
    example("in use tomorrow", "OSC-054", "algorithm_started_on",
            ALGORITHM | {"algorithm_status": "pilot", "algorithm_started_on": "2026-06-02"}),
    example("stopped tomorrow", "OSC-054", "algorithm_ended_on",
            ALGORITHM | {"algorithm_status": "retired", "algorithm_ended_on": "2026-06-02"}),
    example("in use after its end", "OSC-054", "algorithm_ended_on",
            ALGORITHM | {"algorithm_status": "operational", "algorithm_ended_on": "2026-06-01"}),
    example("end before start", "OSC-054", "algorithm_ended_on",
            ALGORITHM | {"algorithm_started_on": "2026-05-02", "algorithm_ended_on": "2026-05-01"}),
    example("1899", "OSC-055", "governance_reviewed_on", {"governance_reviewed_on": "1899-12-31"}),
    example("of an algorithm", "OSC-055", "governance_reviewed_on",
            ALGORITHM | {"governance_reviewed_on": "1899-12-31"}),
    example("contact", "OSC-060", "ownership_contact", {"ownership_contact": "jan.jansen@city.example"}),
    example("objection", "OSC-060", "privacy_objection", PERSONAL | {"privacy_objection": "j.jansen@city.example"}),
    example("of an algorithm", "OSC-060", "algorithm_contact", ALGORITHM | {"algorithm_contact": "a.bo@city.example"}),
    example("algorithm objection", "OSC-060", "algorithm_objection",
            ALGORITHM | {"algorithm_objection": "a.bo@city.example"}),
    example("answered and unknown", "OSC-070", "fitness_limits", declared(fitness_limits=UNKNOWN)),
    example("answered and not applicable", "OSC-070", "fitness_limits", declared(fitness_limits=NOT_APPLICABLE)),
    example("reason of blanks", "OSC-071", "fitness_standards",
            declared(fitness_standards={"state": "not_applicable", "reason": "\u200b"})),
    example("of an algorithm", "OSC-071", "algorithm_purpose", ALGORITHM | {"algorithm_purpose": "\u3164"}),
    *(example(f"{text!a}", "OSC-071", "fitness_limits", {"fitness_limits": text})
      for text in ("\u200b", "\u2060\ufeff", "\u3164", "\u2800", "\u00ad", "\u202e", " \u200b ", "\u200d", "\ufe0f")),
    example("no reason", "OSC-070", "fitness_standards", declared(fitness_standards={"state": "not_applicable"})),
]  # fmt: skip

# rule, changes to a record that is complete
MEETS_NOT = [
    example("all answered", "OSC-001", {}),
    example("optional", "OSC-001", {"ownership_custodian": None}),
    example("declared unknown", "OSC-001", {"ownership_owner": None} | declared(ownership_owner=UNKNOWN)),
    example("not applicable", "OSC-001", {"ownership_owner": None} | declared(ownership_owner=NOT_APPLICABLE)),
    example("known code", "OSC-002", {"privacy_class": "unknown"}),
    example("one text for a list", "OSC-003", {"sovereignty_storage_countries": "NL"}),
    example("text in full", "OSC-004", {"fitness_limits": "x" * 8000}),
    example("less than", "OSC-004", {"fitness_limits": "a < b, 5<6"}),
    example("title of a law", "OSC-005", {"ownership_mandate": "Ordinance 2024: parking"}),
    example("phone number", "OSC-005", {"ownership_contact": "+31 20 624 1111"}),
    example("made public by the person", "OSC-010", COUNCILLORS),
    example("public interest", "OSC-010", COUNCILLORS | {"privacy_special_condition": ["A9-2-b", "A9-2-g"]}),
    example("other law", "OSC-010", COUNCILLORS | {"privacy_special_condition": ["other_law"]}),
    example("closed", "OSC-010", SENSITIVE),
    example("not sensitive", "OSC-010", OPEN_PERSONAL),
    example("legal duty", "OSC-011", OPEN_PERSONAL | {"privacy_legal_basis": ["A6-1-a", "A6-1-c"]}),
    example("public task", "OSC-011", OPEN_PERSONAL),
    example("other law", "OSC-011", OPEN_PERSONAL | {"privacy_legal_basis": ["other_law"]}),
    example("shared", "OSC-011", PERSONAL | {"privacy_openness": "shared", "privacy_legal_basis": ["A6-1-a"]}),
    example("closed", "OSC-012", PERSONAL | {"privacy_class": "pseudonymised"}),
    example("anonymised", "OSC-012", {"privacy_class": "anonymised"}),
    example("condition", "OSC-013", SENSITIVE),
    example("condition unknown", "OSC-013", SENSITIVE | {"privacy_special_condition": ["unknown"]}),
    example("condition declared unknown", "OSC-013",
            SENSITIVE | {"privacy_special_condition": None} | declared(privacy_special_condition=UNKNOWN)),
    example("not sensitive", "OSC-013", PERSONAL),
    example("personal", "OSC-014", PERSONAL),
    example("nothing personal", "OSC-014", {"privacy_personal_data": []}),
    example("open with open licence", "OSC-015", {}),
    example("closed without open licence", "OSC-015", PERSONAL),
    example("openness unknown", "OSC-015", {"privacy_openness": "unknown"}),
    example("shared with a link", "OSC-016", PERSONAL | LINKED | {"privacy_openness": "shared"}),
    example("private", "OSC-016", PERSONAL | LINKED | {"private": True}),
    example("no link", "OSC-016", PERSONAL),
    example("done", "OSC-017", SENSITIVE),
    example("not sensitive", "OSC-017", PERSONAL | {"privacy_impact_assessment": "planned"}),
    example("basis given", "OSC-020",
            PERSONAL | {"sovereignty_storage_countries": ["US"], "sovereignty_transfer_basis": ["A45-3"]}),
    example("in the EEA", "OSC-020", PERSONAL | {"sovereignty_storage_countries": ["NO", "DE"]}),
    example("not personal", "OSC-020", {"sovereignty_storage_countries": ["US"]}),
    example("provider at home", "OSC-021", CLOUD),
    example("access possible", "OSC-021",
            CLOUD | {"sovereignty_provider_country": "US", "sovereignty_foreign_access": "possible"}),
    example("period", "OSC-030", FIXED),
    example("event", "OSC-030", EVENT),
    example("date", "OSC-030", UNTIL),
    example("type unknown", "OSC-030", FIXED | {"retention_type": "unknown"}),
    example("last day is today", "OSC-031", UNTIL | {"retention_until": "2026-06-01"}),
    example("last day of the period is today", "OSC-031", FIXED | {"retention_starts_on": "2021-06-01"}),
    example("no start", "OSC-031", FIXED),
    example("today", "OSC-052", {"governance_reviewed_on": "2026-06-01"}),
    example("declared unknown", "OSC-052", {"governance_reviewed_on": None} | declared(governance_reviewed_on=UNKNOWN)),
    example("owner", "OSC-053", {"ownership_owner": "IT"}),
    example("of an algorithm", "OSC-053", ALGORITHM | {"algorithm_purpose": "交通统计"}),
    example("none of them", "OSC-053", {"fitness_limits": "None known"}),
    example("placeholder in a sentence", "OSC-053", {"fitness_limits": "The date is unknown."}),
    example("no suppliers", "OSC-053", {"ownership_suppliers": ["None"]}),
    example("with a reason", "OSC-053", declared(fitness_standards=NOT_APPLICABLE)),
    example("in use today", "OSC-054",
            ALGORITHM | {"algorithm_status": "pilot", "algorithm_started_on": "2026-06-01",
                         "algorithm_ended_on": "2026-06-02"}),
    example("planned for tomorrow", "OSC-054",
            ALGORITHM | {"algorithm_status": "planned", "algorithm_started_on": "2026-06-02"}),
    example("stopped", "OSC-054",
            ALGORITHM | {"algorithm_status": "retired", "algorithm_started_on": "2026-05-01",
                         "algorithm_ended_on": "2026-05-01"}),
    example("without a status", "OSC-054",
            ALGORITHM | {"algorithm_started_on": "2026-06-02", "algorithm_ended_on": "2026-06-03"}),
    example("1900", "OSC-055", {"governance_reviewed_on": "1900-01-01"}),
    example("period", "OSC-032", FIXED),
    example("29 February", "OSC-032", UNTIL | {"retention_until": "2028-02-29"}),
    example("with safeguards", "OSC-041", DECIDES),
    example("safeguard unknown", "OSC-041",
            DECIDES | {"algorithm_justification": None} | declared(algorithm_justification=UNKNOWN)),
    example("recommends", "OSC-041", ALGORITHM),
    example("prohibited and stopped", "OSC-042",
            ALGORITHM | {"algorithm_risk": "prohibited", "algorithm_status": "retired"}),
    example("high risk", "OSC-042", ALGORITHM | {"algorithm_risk": "high"}),
    example("due on the day", "OSC-050", {"governance_review_due": "2026-05-01"}),
    example("no review yet", "OSC-050", {"governance_reviewed_on": None}),
    example("due today", "OSC-051", {"governance_reviewed_on": "2025-06-01", "governance_review_due": "2026-06-01"}),
    example("due in two years", "OSC-051", {"governance_review_due": "2028-05-01"}),
    example("shared mailbox", "OSC-060", {"ownership_contact": "open.data@city.example"}),
    example("web form", "OSC-060", ALGORITHM),
    example("placeholder and declared", "OSC-070",
            {"fitness_limits": "tbd"} | declared(fitness_limits=UNKNOWN)),
    example("joiner in a word", "OSC-071", {"fitness_limits": "می\u200cخواهم"}),
    example("blanks", "OSC-071", {"ownership_custodian": " \u3000\n"}),
    example("declared only", "OSC-070", declared(fitness_standards=UNKNOWN)),
    example("with a reason", "OSC-070", declared(fitness_standards=NOT_APPLICABLE)),
]  # fmt: skip


@pytest.fixture
def findings(check, current, current_algorithm):
    """The findings of a complete record with some changes, by severity."""

    def findings(changes, **settings):
        complete = current_algorithm if changes.get("type") == "algorithm" else current
        found = check(complete | changes, **settings)
        return {"error": found.errors, "concern": found.concerns, "gap": found.gaps}

    return findings


def rules_of(findings):
    return {finding.rule for found in findings.values() for finding in found}


@pytest.mark.parametrize(("rule", "field", "changes"), MEETS)
def test_meets(standard, findings, rule, field, changes):
    found = findings(changes)[standard.rules[rule].severity]
    assert (rule, (field,)) in {(finding.rule, finding.fields) for finding in found}


@pytest.mark.parametrize(("rule", "changes"), MEETS_NOT)
def test_meets_not(findings, rule, changes):
    assert rule not in rules_of(findings(changes))


@pytest.mark.parametrize("changes", COMPLETE.values(), ids=COMPLETE)
def test_the_records_that_are_changed_meet_no_rule(findings, changes):
    assert rules_of(findings(changes)) == set()


@pytest.mark.parametrize("examples", [MEETS, MEETS_NOT], ids=["meets", "meets not"])
def test_every_rule_has_a_pair(standard, examples):
    assert {case.values[0] for case in examples} == standard.rules.keys() - NEEDS_THE_PORTAL


def test_every_case_of_every_rule_has_a_record_that_meets_it(standard):
    shown = {(case.values[0], case.values[1]) for case in MEETS}
    reported = {(rule.id, name) for rule in standard.rules.values() for case in rule.cases for name in case.fields}
    assert reported <= shown


def test_osc_040_is_a_rule_that_the_machinery_checks(standard):
    rule = standard.rules["OSC-040"]
    assert (rule.severity, rule.records, rule.cases) == ("error", ("dataset",), ())


@pytest.mark.parametrize("home", [None, ""])
@pytest.mark.parametrize("rule", ["OSC-020", "OSC-021"])
def test_a_rule_that_needs_a_home_is_silent_where_none_is_set(findings, rule, home):
    abroad = PERSONAL | CLOUD | {"sovereignty_storage_countries": ["US"], "sovereignty_provider_country": "US"}
    assert rule in rules_of(findings(abroad))
    assert rule not in rules_of(findings(abroad, home=home))


@pytest.mark.parametrize(("home", "outside"), [("NL", False), ("NO", False), ("EU", False), ("CA", True), ("GB", True)])
def test_osc_021_knows_the_whole_eea_as_home(findings, home, outside):
    assert ("OSC-021" in rules_of(findings({"sovereignty_storage_countries": ["DE"]}, home=home))) is outside


@pytest.mark.parametrize(("months", "late"), [(11, True), (12, False)])
def test_osc_051_asks_the_configured_months(findings, months, late):
    assert ("OSC-051" in rules_of(findings({}, review_months=months))) is late


def test_a_rule_for_datasets_is_silent_about_algorithms(findings):
    assert rules_of(findings(ALGORITHM | {"privacy_openness": "closed"} | LINKED)) == set()
