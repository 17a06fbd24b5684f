"""Where this portal is, as passkeys see it."""

import ipaddress
from urllib.parse import urlsplit

from django.http import HttpRequest

from pishkhan.accounts.passkeys import Site


def site_of(request: HttpRequest) -> Site | None:
    """The portal's host (one of `PISHKHAN_HOSTS`) and origin; None where browsers make no passkeys.

    They need HTTPS and a name: neither an address of numbers nor plain HTTP will do, but `localhost` does.
    """
    origin = f"{request.scheme}://{request.get_host()}"
    host = urlsplit(origin).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return Site(host, origin) if request.is_secure() or host == "localhost" else None
    return None
