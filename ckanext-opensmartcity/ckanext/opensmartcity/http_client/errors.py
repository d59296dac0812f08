"""Reasons why a request to another host fails, each with a code for programs and a message for people."""

from __future__ import annotations

from collections.abc import Mapping


def N_(text: str) -> str:  # noqa: N802  (gettext's own name for "mark, do not translate yet")
    """Mark a text for extraction and return it unchanged."""
    return text


ADDRESS, PRIVATE, DNS, CONNECT, TIMEOUT, TLS = "address", "private", "dns", "connect", "timeout", "tls"
REDIRECTS, BROKEN, STATUS, ROBOTS, DENIED, WAIT = "redirects", "broken", "status", "robots", "denied", "wait"
TOO_LARGE, NOT_JSON, FORM, NOT_FOUND = "too_large", "not_json", "form", "not_found"

MESSAGES: Mapping[str, str] = {
    ADDRESS: N_("This is not a web address that anyone can open."),
    PRIVATE: N_("The address is inside a private network, so it is not contacted."),
    DNS: N_("There is no server with this name."),
    CONNECT: N_("Nothing answers at this address."),
    TIMEOUT: N_("The answer took too long."),
    TLS: N_("The secure connection cannot be trusted, for example because the certificate does not match."),
    REDIRECTS: N_("It redirects visitors again and again, without end."),
    BROKEN: N_("It answers with something that no browser understands."),
    STATUS: N_("It answers with an error."),
    ROBOTS: N_("Its owner does not want programs to open it."),
    DENIED: N_("It does not give our program access."),
    WAIT: N_("It asked us to come back later."),
    TOO_LARGE: N_("The answer is larger than we accept."),
    NOT_JSON: N_("The answer is not JSON. It may be a web page."),
    FORM: N_("The answer does not have the format of the figures of a city."),
    NOT_FOUND: N_("There are no figures of a city at this address, and no CKAN portal that answers."),
}


class FetchError(Exception):
    """A failed request: `problem` is a code of MESSAGES, `wait` the seconds that the host asked us to stay away."""

    def __init__(self, problem: str, detail: str = "", wait: int | None = None) -> None:
        super().__init__(problem, detail)
        self.problem = problem
        self.detail = detail
        self.wait = wait
