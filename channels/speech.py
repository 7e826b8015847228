"""Speech to words, by a configured endpoint with the interface of OpenAI's transcriptions."""

import io
import wave

import httpx

from channels.http import call, client
from core.errors import Ambiguous, Permanent, Retryable
from core.settings import Asr

_KEY, _ADDRESS = "text-speech-key", "text-speech-address"
_NO_TEXT = "the speech endpoint gave no text"
_TROUBLES = {
    "http 401": _KEY,
    "http 403": _KEY,
    "http 404": _ADDRESS,
    "http 405": _ADDRESS,
    _NO_TEXT: _ADDRESS,
}


class Speech:
    """Hears a voice message; off without an address.

    The interface: https://platform.openai.com/docs/api-reference/audio/createTranscription
    (2026-11), which whisper.cpp, FunASR and vLLM servers offer too.
    """

    def __init__(self, settings: Asr, http: httpx.AsyncClient | None = None) -> None:
        self._settings = settings
        self._http = http or client(httpx.Timeout(20.0))

    async def hear(self, voice: bytes) -> str:
        """Return the words of a recording.

        Raises as `channels.http.call` does, and Permanent for an answer that holds no text.
        """
        key = self._settings.api_key.get_secret_value()
        response = await call(
            self._http,
            "POST",
            f"{self._settings.base_url.rstrip('/')}/audio/transcriptions",
            headers={"Authorization": f"Bearer {key}"} if key else {},
            data={"model": self._settings.model, "language": "zh"},
            files={"file": (f"voice.{_kind(voice)}", voice)},
        )
        try:
            text = response.json()["text"]
        except (ValueError, KeyError, TypeError):
            raise Permanent(_NO_TEXT) from None
        if not isinstance(text, str):
            raise Permanent(_NO_TEXT)
        return text

    async def probe(self) -> list[tuple[str, bool, str]]:
        """Let it hear half a second of silence: (what, well, key of what to do or nothing).

        Any other refusal than of the key or the address means that it listens.
        """
        try:
            await self.hear(_silence())
        except Permanent as error:
            key = _TROUBLES.get(str(error), "")
        except (Retryable, Ambiguous):
            key = "text-speech-silent"
        else:
            key = ""
        return [("speech", not key, key)]

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._http.aclose()


def _kind(voice: bytes) -> str:
    """Name the file by its content: WeChat sends AMR or speex, Telegram Opus in Ogg."""
    if voice.startswith(b"#!AMR"):
        return "amr"
    if voice.startswith(b"OggS"):
        return "ogg"
    if voice.startswith(b"RIFF"):
        return "wav"
    return "mp3"


def _silence() -> bytes:
    """Make half a second of nothing, 16 kHz mono."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(16_000))
    return made.getvalue()
