"""The worker's own port: is it alive, do its parts work, what do the figures say."""

from typing import NoReturn

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.clock import utcnow
from services import readiness
from worker.stack import STALE, Stack


async def _healthz(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _metrics(_request: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def run(stack: Stack, port: int) -> NoReturn:
    """Serve until cancelled; bound to every address, since a container's probe comes from outside."""

    async def readyz(_request: Request) -> Response:
        async with stack.db.reading() as session:
            missing = await readiness.missing(session, now=utcnow(), stale=STALE)
        status = 503 if missing else 200
        return JSONResponse({"missing": missing}, status)

    app = Starlette(
        routes=[
            Route("/healthz", _healthz),
            Route("/readyz", readyz),
            Route("/metrics", _metrics),
        ]
    )
    everywhere = "0.0.0.0"  # noqa: S104  a container's probe comes from outside
    config = uvicorn.Config(app, host=everywhere, port=port, log_level="warning", log_config=None)
    server = uvicorn.Server(config)
    await server._serve()  # noqa: SLF001  serve() would take the signal handlers from us
    raise AssertionError("the probes ended")
