"""The web chat's API: log in, say or click, read after an id, listen."""

import hashlib
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.deps import ChatVisitor, InStack, count_attempt, csrf_token, set_session_cookie
from bot.fanout import Fanout, Stream, sse, woken
from bot.stack import Stack
from core.clock import utcnow
from core.db import Session
from core.errors import UserError
from core.event import Clicked, Event, Located, Pictured, Said
from core.ids import uuid7
from core.picture import from_data_url
from handlers.delivery import deliver_turn
from handlers.dispatch import dispatch
from services import actors, login, steps
from services.mailbox import items_after, items_of_turn

router = APIRouter(prefix="/api/chat", tags=["chat"])
CHANNEL = "web"


class Login(BaseModel):
    """A single-use ticket, or in the demo a persona; `card` is the ticket of a card to be shown."""

    model_config = ConfigDict(extra="forbid")
    ticket: str | None = Field(default=None, max_length=200)
    card: UUID | None = None
    persona: str | None = Field(default=None, max_length=20)


class Place(BaseModel):
    """A place in degrees; the datum of its source is kept."""

    model_config = ConfigDict(extra="forbid")
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    datum: str = Field(default="wgs84", pattern="^(wgs84|gcj02|bd09)$")


class Message(BaseModel):
    """Exactly one of text, action, location, image."""

    model_config = ConfigDict(extra="forbid")
    text: str | None = Field(default=None, max_length=4000)
    action: str | None = Field(default=None, max_length=100)
    location: Place | None = None
    image: str | None = None

    @model_validator(mode="after")
    def one_of_them(self) -> "Message":
        """Refuse an empty message and one that means two things."""
        given = [self.text, self.action, self.location, self.image]
        if sum(value is not None for value in given) != 1:
            raise ValueError("give exactly one of text, action, location, image")
        return self


@router.post("/login")
async def log_in(body: Login, request: Request, response: Response, stack: InStack) -> Any:
    """Begin a chat session by a ticket, or in the demo as a persona."""
    now = utcnow()

    async def work(session: Session) -> tuple[str, actors.Profile, list[str]]:
        if body.ticket is not None:
            person = await login.by_ticket(session, body.ticket, now=now)
            if body.card is not None:
                await steps.opened(session, CHANNEL, ticket=body.card, person=person, now=now)
        elif body.persona is not None and stack.settings.demo and body.persona != "operator":
            person = await login.by_persona(session, body.persona)
        else:
            raise UserError("login-needed", status=401)
        token = await login.open_session(session, person, "chat", now=now)
        roles = sorted((await actors.actor(session, person)).roles)
        return token, await actors.profile(session, person), list(roles)

    if body.ticket is not None:
        count_attempt(request)
    token, profile, roles = await stack.db.run(work)
    set_session_cookie(request, response, "chat", token)
    me = {
        "name": profile.name,
        "role": body.persona or (roles[0] if roles else "resident"),
        "large_type": profile.large_type,
        "lang": profile.lang,
    }
    return {"token": token, "csrf": csrf_token(token), "me": me}


@router.post("/logout")
async def log_out(visitor: ChatVisitor, stack: InStack) -> dict[str, bool]:
    """End the session."""
    await stack.db.run(lambda session: login.close_session(session, visitor.token))
    return {"ok": True}


@router.post("/messages")
async def send(
    body: Message,
    visitor: ChatVisitor,
    stack: InStack,
    idempotency_key: Annotated[str | None, Header(max_length=100)] = None,
) -> dict[str, list[dict[str, Any]]]:
    """Handle one message and return the turn's own items.

    The same key with the same body returns the same items; with another body it is a 409.
    """
    event = _event(body, visitor.person, idempotency_key or str(uuid7()))
    turn = await dispatch(stack.db, event, media_folder=stack.media)
    await deliver_turn(stack.db, turn.id, channels=stack.channels, now=utcnow())
    async with stack.db.reading() as session:
        return {"items": await items_of_turn(session, visitor.person, turn.id)}


@router.get("/messages")
async def read(
    visitor: ChatVisitor, stack: InStack, after: Annotated[int, Query(ge=0)] = 0
) -> dict[str, list[dict[str, Any]]]:
    """List items with id > after, oldest first, at most 500."""
    async with stack.db.reading() as session:
        return {"items": await items_after(session, visitor.person, after=after)}


@router.get("/stream", response_class=StreamingResponse)
async def stream(
    visitor: ChatVisitor,
    stack: InStack,
    request: Request,
    last_event_id: Annotated[int, Header(ge=0)] = 0,
) -> StreamingResponse:
    """Send items from Last-Event-ID on, then each new one as it comes."""
    fanout: Fanout = request.app.state.fanout
    body = _items(stack, fanout, visitor.person, visitor.token, last_event_id)
    return StreamingResponse(
        body, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def _items(stack: Stack, fanout: Fanout, person: UUID, token: str, last: int) -> Stream:
    with fanout.watch(str(person)) as event:
        while True:
            async with stack.db.reading() as session:
                items = await items_after(session, person, after=last)
            for item in items:
                last = item["id"]
                yield sse("item", item, last)
            if not items and not await woken(event):
                if not await _still_logged_in(stack, token):
                    return
                yield sse("ping", {"at": utcnow().isoformat()})


async def _still_logged_in(stack: Stack, token: str) -> bool:
    try:
        async with stack.db.reading() as session:
            await login.user_of(session, token, "chat", now=utcnow())
    except UserError:
        return False
    return True


def _event(body: Message, person: UUID, key: str) -> Event:
    digest = hashlib.sha256(orjson.dumps(body.model_dump(), option=orjson.OPT_SORT_KEYS)).digest()
    common: dict[str, Any] = {
        "channel": CHANNEL, "person": person, "message_id": key, "digest": digest, "at": utcnow(),
    }  # fmt: skip
    if body.text is not None:
        return Said(**common, text=body.text)
    if body.action is not None:
        return Clicked(**common, token=body.action)
    if body.location is not None:
        where = body.location
        return Located(**common, lat=where.lat, lon=where.lon, datum=where.datum)
    return Pictured(**common, jpeg=from_data_url(body.image or ""))
