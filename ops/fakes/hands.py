"""What a hand does with a phone, for the page that shows the phones."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from ops.fakes.phone import Phone

router = APIRouter(prefix="/phones/{channel}/{account}")
_PICTURE_LIMIT = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody with a phone; `place` is latitude and longitude in the vendor's datum."""

    channel: str
    name: str
    phone: Phone
    place: tuple[float, float]


class Said(BaseModel):
    """What is written into the chat."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=2000)


class Click(BaseModel):
    """The button of a message."""

    model_config = ConfigDict(extra="forbid")
    message: str
    label: str


class Nothing(BaseModel):
    """No more is to be said: but no other site's form can send JSON."""

    model_config = ConfigDict(extra="forbid")


def _owner(request: Request, channel: str, account: str) -> Owner:
    for one in request.app.state.owners:
        if (one.channel, one.phone.account) == (channel, account):
            assert isinstance(one, Owner)
            return one
    raise HTTPException(404)


def _writer(owner: Annotated[Owner, Depends(_owner)]) -> Owner:
    """Find who has the chat open; whoever left can do nothing there but come back."""
    if not owner.phone.here:
        raise HTTPException(409)
    return owner


Anybody = Annotated[Owner, Depends(_owner)]
Writer = Annotated[Owner, Depends(_writer)]


@router.post("/says", status_code=204)
async def says(who: Writer, body: Said) -> None:
    """Write a text."""
    await who.phone.says(body.text)


@router.post("/clicks", status_code=204)
async def clicks(who: Writer, body: Click) -> None:
    """Press a button; 409 for one that was changed under the finger."""
    for shown in who.phone.screen:
        for knob in shown.knobs if shown.id == body.message else []:
            if knob.label == body.label:
                await who.phone.presses(shown, knob)
                return
    raise HTTPException(409)


@router.post("/place", status_code=204)
async def place(who: Writer, _body: Nothing) -> None:
    """Send where the owner is."""
    await who.phone.sends_place(*who.place)


@router.post("/picture", status_code=204)
async def picture(who: Writer, request: Request) -> None:
    """Send a picture of at most 2 MiB."""
    if not request.headers.get("content-type", "").startswith("image/"):
        raise HTTPException(415)
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > _PICTURE_LIMIT:
            raise HTTPException(413)
    await who.phone.sends_picture(bytes(content))


@router.post("/joins", status_code=204)
async def joins(who: Anybody, _body: Nothing) -> None:
    """Follow, or press START."""
    await who.phone.joins()


@router.post("/leaves", status_code=204)
async def leaves(who: Writer, _body: Nothing) -> None:
    """Unfollow, or block."""
    await who.phone.leaves()
