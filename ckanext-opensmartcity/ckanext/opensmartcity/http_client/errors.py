"""What can go wrong when another host is asked, each with a code and words for a reader."""

from __future__ import annotations

from collections.abc import Mapping

from ..standard.i18n import N_

ADDRESS, PRIVATE, DNS, CONNECT, TIMEOUT, TLS = "address", "private", "dns", "connect", "timeout", "tls"
REDIRECTS, BROKEN, STATUS, ROBOTS, DENIED, WAIT = "redirects", "broken", "status", "robots", "denied", "wait"
TOO_LARGE, NOT_JSON, FORM, NOT_FOUND = "too_large", "not_json", "form", "not_found"

WORDS: Mapping[str, str] = {
    ADDRESS: N_("The address is not one that everybody could open."),
    PRIVATE: N_("The address is inside a private network, so it is not asked."),
    DNS: N_("No computer has this name."),
    CONNECT: N_("Nothing answers at this address."),
    TIMEOUT: N_("The answer took too long."),
    TLS: N_("The secure connection could not be trusted, for example because the certificate does not fit."),
    REDIRECTS: N_("It sends visitors on and on, and never arrives."),
    BROKEN: N_("It answers with something that no browser understands."),
    STATUS: N_("It answers with an error."),
    ROBOTS: N_("Its owner does not want programs to open it."),
    DENIED: N_("It does not let our program in."),
    WAIT: N_("It asked us to come back later."),
    TOO_LARGE: N_("The answer is larger than any that we accept."),
    NOT_JSON: N_("The answer is no JSON, but for example a web page."),
    FORM: N_("The answer does not have the form of the figures of a city."),
    NOT_FOUND: N_("There are no figures of a city at this address, and no CKAN portal that answers."),
}


class FetchError(Exception):
    """Another host could not be asked: the code of the reason, and how many seconds to stay away where it said so."""

    def __init__(self, problem: str, detail: str = "", wait: int | None = None) -> None:
        super().__init__(problem, detail)
        self.problem = problem
        self.detail = detail
        self.wait = wait
