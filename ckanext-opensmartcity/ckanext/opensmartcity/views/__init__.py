"""The pages, one module per reader."""

from __future__ import annotations

from flask import Blueprint

from . import dataset, form, usual


def get_blueprints() -> list[Blueprint]:
    """Return every blueprint of the product."""
    return [dataset.blueprint, form.blueprint, usual.blueprint]
