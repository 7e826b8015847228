"""The wire between the product and a fake within one process: it can break as real wires do."""

import httpx


class Vanished(Exception):
    """A fake hangs up: before anything happened, or after, when the answer is lost."""


class Wire(httpx.AsyncBaseTransport):
    """Carries requests to a fake's app; a fake that hangs up is seen as a read timeout.

    `refusing` closes the door: nothing leaves.
    """

    def __init__(self, app: object) -> None:
        self._inner = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        self.refusing = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request; raises what httpx raises for a broken connection."""
        if self.refusing:
            raise httpx.ConnectError("refused", request=request)
        try:
            return await self._inner.handle_async_request(request)
        except Vanished:
            raise httpx.ReadTimeout("no answer", request=request) from None
