"""Speech to words, by a configured endpoint with the interface of OpenAI's transcriptions."""

import httpx

from channels.http import call
from core.errors import Permanent
from core.settings import Asr


class Speech:
    """Hears a voice message; off without an address.

    The interface: https://platform.openai.com/docs/api-reference/audio/createTranscription
    (2026-11), which whisper.cpp, FunASR and vLLM servers offer too.
    """

    def __init__(self, settings: Asr, http: httpx.AsyncClient | None = None) -> None:
        self._settings = settings
        self._http = http or httpx.AsyncClient(timeout=20.0, trust_env=False)

    async def hear(self, voice: bytes) -> str:
        """Return the words of a recording; raises as `channels.http.call` does."""
        key = self._settings.api_key.get_secret_value()
        response = await call(
            self._http,
            "POST",
            f"{self._settings.base_url.rstrip('/')}/audio/transcriptions",
            headers={"Authorization": f"Bearer {key}"} if key else {},
            data={"model": self._settings.model, "language": "zh"},
            files={"file": (f"voice.{_kind(voice)}", voice)},
        )
        text = response.json().get("text")
        if not isinstance(text, str):
            raise Permanent("the speech endpoint gave no text")
        return text

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._http.aclose()


def _kind(voice: bytes) -> str:
    """Name the file by its content: WeChat sends AMR or speex, Telegram Opus in Ogg."""
    if voice.startswith(b"#!AMR"):
        return "amr"
    if voice.startswith(b"OggS"):
        return "ogg"
    return "mp3"
