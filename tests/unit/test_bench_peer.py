"""The peer of a bench: where it can't be, the bench says why and still measures us."""

from typing import Any, NoReturn, cast

import pytest

from ops.bench import peer


async def _never(_run: str, _count: int) -> NoReturn:
    raise AssertionError("nothing is to be sent")


async def test_without_npm_the_peer_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ratio to nothing would be an invented figure."""
    monkeypatch.setenv("PATH", "")
    nothing = cast("Any", None)
    assert await peer.beside(nothing, nothing, _never, 1.0) == {
        "node_red": "absent: npm is not on the PATH"
    }
