"""HTTP concerns of all pages: caching, content negotiation, CSRF protection and API errors."""
