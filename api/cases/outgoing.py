"""Calls to other machines: TLS unless on this machine, no redirects, no private addresses that were not listed.

Every way a call can fail becomes one of the port's failures.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Collection
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from api.cases.port import ClosedDoor, NotNow, Refused, Unclear, WantsNoMore

CONNECT_SECONDS = 5.0
# Answers that say "later": too early, too many, and what a gateway says about the server behind it.
LATER = frozenset({408, 425, 429, 502, 503, 504})


def require_safe_url(url: str, *, loopback_allowed: bool) -> None:
    """Refuses an address that is not https; in development and tests, plain http on this machine is taken too.

    Raises:
        ValueError: it is not safe; the message holds no more than the address's scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and loopback_allowed and is_loopback_name(parts.hostname or ""):
        return
    raise ValueError(f"must be https, not {parts.scheme or 'without a scheme'}")


def is_loopback_name(host: str) -> bool:
    """Whether a name in an address means this machine, without asking anybody."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class GuardedTransport(httpx.AsyncBaseTransport):
    """Looks a name up once, refuses private addresses, and connects to the very address that was judged.

    Otherwise a name could mean a public address when it is judged and the inside of our network when it is used.
    """

    def __init__(
        self, *, allowed_hosts: Collection[str] = (), loopback_allowed: bool = False,
        verify: ssl.SSLContext | bool = True,
    ) -> None:  # fmt: skip
        self.allowed = frozenset(allowed_hosts)
        self.loopback_allowed = loopback_allowed
        self.inner = httpx.AsyncHTTPTransport(verify=verify, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request to an address that may be used."""
        host = request.url.host
        address = await self._judged(host, request.url.port or 443)
        request.extensions = {**request.extensions, "sni_hostname": host}
        # The Host header was set from the name already and stays as it is.
        request.url = request.url.copy_with(host=address)
        return await self.inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self.inner.aclose()

    async def _judged(self, host: str, port: int) -> str:
        try:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise NotNow("name_not_found") from None
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses:
            raise NotNow("name_not_found")
        if host not in self.allowed and not all(self._may_call(item) for item in addresses):
            raise Refused("private_address")
        return addresses[0]

    def _may_call(self, address: str) -> bool:
        judged = ipaddress.ip_address(address.split("%")[0])
        if judged.is_loopback:
            return self.loopback_allowed
        mapped = getattr(judged, "ipv4_mapped", None)
        return (mapped or judged).is_global and not judged.is_multicast


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Checks certificates against the machine's authorities, or against those in a file."""
    return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)


def outgoing_client(
    *, seconds: float, loopback_allowed: bool, allowed_hosts: Collection[str] = (),
    ca_file: Path | None = None, headers: dict[str, str] | None = None, base_url: str = "",
) -> httpx.AsyncClient:  # fmt: skip
    """A client that keeps to this file's rules."""
    transport = GuardedTransport(
        allowed_hosts=allowed_hosts, loopback_allowed=loopback_allowed, verify=tls_context(ca_file)
    )
    return httpx.AsyncClient(
        transport=transport, timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS),
        follow_redirects=False, trust_env=False, headers=headers, base_url=base_url,
    )  # fmt: skip


async def call(
    client: httpx.AsyncClient, method: str, url: str, *, now: datetime, **options: object
) -> httpx.Response:
    """Makes a call; an answer in the 200s or a 404 is given back, everything else is one of the port's failures."""
    try:
        response = await client.request(method, url, **options)  # type: ignore[arg-type]
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        raise NotNow("no_connection") from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise Refused("bad_address") from None
    except httpx.HTTPError as error:
        # The request had left, or part of it: whether it was acted on is not known. A question changes nothing.
        code = f"broken_off_{type(error).__name__}"
        raise (NotNow(code) if method == "GET" else Unclear(code)) from None
    judge(response, now, changed_something=method != "GET")
    return response


def judge(response: httpx.Response, now: datetime, *, changed_something: bool) -> None:
    """Raises the failure that an answer means; a 404 is left to the caller."""
    status = response.status_code
    if status < 300 or status == 404:
        return
    code = f"http_{status}"
    # 403 too: a right that we lack says nothing about the complaint, so none is given up for it.
    if status in (401, 403):
        raise ClosedDoor(code)
    if status == 410:
        raise WantsNoMore(code)
    if status in LATER:
        wait = retry_after(response.headers.get("Retry-After"), now)
        # A gateway that gave up waiting says nothing about the server behind it.
        if changed_something and status in (408, 502, 504):
            raise Unclear(code)
        raise NotNow(code, wait)
    if status >= 500:
        raise Unclear(code) if changed_something else NotNow(code)
    # A redirect is never followed: what is secret would go where nobody decided to send it.
    raise Refused(code)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, given as a number or as a date."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=now.tzinfo)
    return max(0.0, (then - now).total_seconds())
