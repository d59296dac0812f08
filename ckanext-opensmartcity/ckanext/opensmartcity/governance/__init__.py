"""Governance of records in CKAN: actions, permissions, validators, form and transparency page."""
