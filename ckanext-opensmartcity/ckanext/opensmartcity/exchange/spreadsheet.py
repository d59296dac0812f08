"""What a table needs to open right in a spreadsheet, and to do nothing there."""

from __future__ import annotations

from typing import Any

# Without it spreadsheets take UTF-8 for an encoding of their own.
BYTE_ORDER_MARK = "\ufeff"
# Spreadsheets run a text that begins like this as a formula; some skip spaces, some read the wide forms too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: Any) -> Any:
    """Return a value as a cell: a text that would run as a formula begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA) else value
