"""Probes: is the process alive, is the whole stack ready, what do the figures say."""

import asyncio
from datetime import timedelta

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from bot.deps import InStack
from core.clock import utcnow
from core.errors import UserError
from services import readiness

router = APIRouter(tags=["health"])
_LIMIT_S = 2.0
_STALE = timedelta(seconds=15)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "testclient"})


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Tell that this process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(response: Response, stack: InStack) -> dict[str, object]:
    """Tell whether the stack is migrated, seeded and subscribed; 503 with the reasons if not."""
    try:
        async with asyncio.timeout(_LIMIT_S):
            async with stack.db.reading() as session:
                missing = await readiness.missing(session, now=utcnow(), stale=_STALE)
            if not await stack.bus.ping():
                missing.append("redis")
    except (TimeoutError, SQLAlchemyError, OSError):
        missing = ["database"]
    if missing:
        response.status_code = 503
    return {"status": "ready" if not missing else "waiting", "missing": missing}


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Show Prometheus figures to this machine alone; a proxy must not pass them on."""
    host = request.client.host if request.client else "testclient"
    if host not in _LOOPBACK or "x-forwarded-for" in request.headers:
        raise UserError("not-allowed", status=403)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
