"""Views of the core: transparency page, form, default answers and the standard."""
