"""What a camera saw, by the HTTP interface of its recorder, Frigate."""

from urllib.parse import quote

import httpx

from channels.http import call, client, download
from core.errors import Ambiguous, Permanent, Retryable
from core.settings import Frigate


class Recorder:
    """Fetches snapshots of events; off without an address.

    The interface: https://docs.frigate.video/integrations/api (0.14 to 0.16), on the port of the
    recorder's own network, which asks for no login.
    """

    def __init__(self, settings: Frigate, http: httpx.AsyncClient | None = None) -> None:
        self._base = settings.base_url.rstrip("/")
        self._http = http or client()

    async def snapshot(self, event: str) -> bytes:
        """Return the picture of an event, what it is about framed.

        Raises as `channels.http.download` does; Permanent where the recorder has none (any more).
        """
        url = f"{self._base}/api/events/{quote(event, safe='')}/snapshot.jpg"
        return await download(self._http, url, params={"bbox": 1})

    async def answers(self) -> bool:
        """Tell whether a recorder answers at the address."""
        try:
            await call(self._http, "GET", f"{self._base}/api/version")
        except (Retryable, Ambiguous, Permanent):
            return False
        return True

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._http.aclose()
