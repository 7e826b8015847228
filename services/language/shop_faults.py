"""What says that a shop is gone: 老李修鞋铺已经搬走了."""

import re

from models import ShopFault
from services.language.commands import normalised

_GONE = {
    ShopFault.CLOSED: re.compile(
        r"^(?P<name>.{2,20}?)(已经|早就|早|已)?(关门|关掉|倒闭|不开|不做|关张|歇业)了$"
    ),
    ShopFault.MOVED: re.compile(r"^(?P<name>.{2,20}?)(已经|早就|早|已)?(搬走|搬家|搬)了$"),
}


def gone(text: str) -> tuple[str, ShopFault] | None:
    """Return the name that was said and what became of the shop; None for other words."""
    for fault, form in _GONE.items():
        if (found := form.fullmatch(normalised(text))) is not None:
            return found["name"], fault
    return None
