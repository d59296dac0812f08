"""Records of the Eurocities standard, of which no public ones are at hand: written from the list of its fields."""

from ckanext.opensmartcity.exchange.registers import load_register

TEXTS = {
    "status": "evaluation",
    "risk_category": "limited risk",
    "algorithm_type": "hybrid",
    "type": "prescriptive",
    "contact_email": "algorithms@city.example",
    "contact_phone": "+31 10 1234567",
    "website": "https://city.example/register/9",
    "codebase_url": "https://code.city.example/9",
    "DPIA_url": "https://city.example/dpia",
    "AIA_url": "https://city.example/aia",
    "revision_date": "2027-03-01",
    "publication_date": "2025-03-01",
    "last_change_date": "2026-03-01",
    "standard_version": "0.3.1",
    "lang": "en",
    "uuid": "3f2b8f3e-6a55-4c53-9df5-0a1c7d9f7a11",
    "keywords": "parking, permits",
    "objection_procedure": "Write to objections@city.example within six weeks.",
    "domain": "traffic and transportation",
    "country": "The Netherlands",
    "documentation": "https://city.example/more",
    "product_information": "https://supplier.example/information",
    "product_page": "https://supplier.example/product",
}


def eurocities_records():
    """A record with every field of the list, one with the required fields alone, and one with empty fields."""
    register = load_register("eurocities")
    full = {name: TEXTS.get(name, f"What the city says about {name.replace('_', ' ')}.") for name in register.fields}
    required = {name: full[name] for name in register.required}
    return [full, required, dict.fromkeys(full, "") | {"name": "Nearly empty"}, dict.fromkeys(full) | {"remark": "x"}]
