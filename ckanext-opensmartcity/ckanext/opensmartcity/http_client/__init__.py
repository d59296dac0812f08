"""HTTP client for all outgoing requests: SSRF protection, deadlines, rate limit per host, robots.txt, link checker.

`address_policy` decides which IP addresses may be contacted, `client` sends one request and follows redirects,
`politeness` holds the rate limit, robots.txt (RFC 9309) and Retry-After, `link_checker` classifies a link. Imports no
CKAN, no Flask and nothing of this package.
"""

from .address_policy import AllowedHosts
from .client import Fetcher, Limits, Response
from .errors import FetchError

__all__ = ["AllowedHosts", "FetchError", "Fetcher", "Limits", "Response"]
