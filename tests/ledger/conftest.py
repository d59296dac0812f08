"""How long an example takes depends on what else the machine does: no test is judged by that."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
