"""What the portal says while it works."""


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)
