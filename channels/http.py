"""Calls to vendors: what a broken connection or a bad status means for the message."""

import ssl
from functools import cache
from typing import Any

import httpx

from core.errors import Ambiguous, Permanent, Retryable

TIMEOUT = httpx.Timeout(8.0, connect=3.0)
_BUSY_S = 2.0
MEDIA_LIMIT = 10 * 1024 * 1024
# Nothing was sent yet, so trying again can't show a message twice.
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def client(timeout: httpx.Timeout = TIMEOUT) -> httpx.AsyncClient:
    """Make the client that one channel keeps: its limits, no redirects, no environment proxies."""
    return httpx.AsyncClient(timeout=timeout, trust_env=False, verify=_trust())


@cache
def _trust() -> ssl.SSLContext:
    """Read the authorities once: each reading takes 20 ms."""
    return httpx.create_ssl_context(trust_env=False)


async def call(http: httpx.AsyncClient, method: str, url: str, **options: Any) -> httpx.Response:
    """Make one request.

    Raises Retryable when nothing left or the vendor refused (429, 5xx), Ambiguous when the bytes
    left and no answer came (a timeout, a reset, 502, 504), Permanent for any other bad status.
    """
    try:
        response = await http.request(method, url, **options)
    except _NEVER_LEFT as error:
        raise Retryable(type(error).__name__, after=_BUSY_S) from None
    except httpx.HTTPError as error:
        raise Ambiguous(type(error).__name__) from None
    status = response.status_code
    if status in {502, 504}:
        raise Ambiguous(f"http {status}")
    if status == 429 or status >= 500:
        raise Retryable(f"http {status}", after=_seconds(response, _BUSY_S))
    if status >= 400:
        raise Permanent(f"http {status}")
    return response


def _seconds(response: httpx.Response, otherwise: float) -> float:
    try:
        return max(0.0, float(response.headers.get("retry-after", otherwise)))
    except ValueError:
        return otherwise


async def download(http: httpx.AsyncClient, url: str, **options: Any) -> bytes:
    """Fetch a file; raises Permanent for one beyond 10 MB, else as `call` does."""
    response = await call(http, "GET", url, **options)
    if len(response.content) > MEDIA_LIMIT:
        raise Permanent("media beyond 10 MB")
    return response.content
