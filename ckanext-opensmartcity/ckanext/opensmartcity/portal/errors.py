"""The one kind of failure that the portal tells a person about."""


class PortalError(Exception):
    """What is wrong and what to do about it, in one line."""
