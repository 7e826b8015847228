"""Pictures from people: checked by content, limited, re-encoded without metadata."""

import base64
import binascii
import io

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import UserError

MAX_BYTES = 6 * 1024 * 1024
_MAX_SIDE = 2048
_MAX_PIXELS = 40_000_000
_KINDS = ("JPEG", "PNG", "WEBP")


def from_data_url(data_url: str) -> bytes:
    """Read a data URL (or bare base64) and clean it; raises UserError as `clean_jpeg` does."""
    encoded = data_url.partition(",")[2] if data_url.startswith("data:") else data_url
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise UserError("picture-unreadable", status=422) from None
    return clean_jpeg(raw)


def clean_jpeg(raw: bytes) -> bytes:
    """Return a JPEG without metadata, upright, at most 2048 pixels a side.

    Raises UserError for what is not a picture, and for one beyond 6 MiB or 40 megapixels.
    """
    if len(raw) > MAX_BYTES:
        raise UserError("picture-too-big", status=413)
    try:
        with Image.open(io.BytesIO(raw), formats=_KINDS) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise UserError("picture-too-big", status=413)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise UserError("picture-unreadable", status=422) from None
    upright.thumbnail((_MAX_SIDE, _MAX_SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85)
    return out.getvalue()
