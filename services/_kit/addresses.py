"""Addresses of servers that a person names."""

from __future__ import annotations

from urllib.parse import urlsplit


def server_url(text: str) -> str:
    """Return an HTTP server's address as it is written down: `127.0.0.1:8188` is one by HTTP.

    Raises:
        ValueError: it is no address.
    """
    url = (text if "://" in text else f"http://{text.strip()}").strip().rstrip("/")
    parts = urlsplit(url)
    is_plain = not (parts.query or parts.fragment or any(one.isspace() for one in url))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0 or not is_plain:
        raise ValueError(f"{text!r} is no address of a server")
    return url
