"""A speech endpoint with the interface of OpenAI's transcriptions, strict about what it is sent.

It knows the recordings it was told of (`words`); any other readable one is silence. Like the
servers with ffmpeg behind them it also reads AMR, which WeChat records.
"""

import io
import wave
from collections import Counter
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from ops.fakes.phone import Faults
from ops.fakes.transport import Vanished

_FIELDS = {"file", "model", "language", "prompt", "response_format", "temperature"}
_BEGINNINGS = {"amr": b"#!AMR\n", "ogg": b"OggS", "wav": b"RIFF", "mp3": b"ID3"}


class Refused(Exception):
    """A refusal: its HTTP status and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass
class FakeSpeech:
    """The endpoint: its key, its one model, and what is said in which recording."""

    key: str = "a-speech-key"
    model: str = "whisper-1"
    words: dict[bytes, str] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    heard: list[bytes] = field(default_factory=list)
    refusals: Counter[int] = field(default_factory=Counter)
    calls: int = 0

    def transcribe(self, authorization: str, kind: str, body: bytes) -> str:
        """Return the words of a form's recording; raises Refused."""
        if authorization != f"Bearer {self.key}":
            raise Refused(401, "Incorrect API key provided")
        given = _form(kind, body)
        if unknown := given.keys() - _FIELDS:
            raise Refused(400, f"Unknown parameter: {min(unknown)}")
        name, recording = given.get("file", ("", b""))
        if not name or "model" not in given:
            raise Refused(400, "file and model are required")
        if given["model"][1].decode() != self.model:
            raise Refused(404, "The model does not exist")
        _check(name, recording)
        self.heard.append(recording)
        return self.words.get(recording, "")


def create_app(fake: FakeSpeech) -> FastAPI:
    """Serve the endpoint below /v1, with its bad moments."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/v1/audio/transcriptions")
    async def transcriptions(request: Request) -> Response:
        fake.calls += 1
        fault = fake.faults.strike()
        if fault in {"timeout_before", "reset"}:
            raise Vanished
        if fault is not None and fault != "timeout_after":
            return Response(status_code=int(fault))
        headers = request.headers
        try:
            text = fake.transcribe(
                headers.get("authorization", ""),
                headers.get("content-type", ""),
                await request.body(),
            )
        except Refused as refused:
            fake.refusals[refused.status] += 1
            return JSONResponse({"error": {"message": str(refused)}}, refused.status)
        if fault is not None:
            raise Vanished
        return JSONResponse({"text": text})

    return app


def _form(kind: str, body: bytes) -> dict[str, tuple[str, bytes]]:
    """Read a multipart form: of each field the file's name, if it has one, and the content."""
    if not kind.lower().startswith("multipart/form-data;"):
        raise Refused(400, "multipart/form-data expected")
    head = f"Content-Type: {kind}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    form = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    if not form.is_multipart() or form.defects:
        raise Refused(400, "the form can't be read")
    found: dict[str, tuple[str, bytes]] = {}
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or name in found or not isinstance(content, bytes):
            raise Refused(400, "the form can't be read")
        found[name] = (part.get_filename() or "", content)
    return found


def _check(name: str, recording: bytes) -> None:
    """Refuse what is no audio, or is not what its name says."""
    beginning = _BEGINNINGS.get(name.rpartition(".")[2])
    if beginning is None or not recording.startswith(beginning) or recording == beginning:
        raise Refused(400, "Invalid file format")
    if beginning == _BEGINNINGS["wav"]:
        try:
            wave.open(io.BytesIO(recording)).close()
        except (wave.Error, EOFError):
            raise Refused(400, "Invalid file format") from None
