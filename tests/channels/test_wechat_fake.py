"""The fake refuses what WeChat refuses: a renderer's fault would be seen."""

from typing import Any

import httpx
import pytest

from core.errors import Halted, Permanent
from tests.channels.wechat_stage import APPID, SECRET, Stage

TEXT = {"touser": "o1", "msgtype": "text"}
ENTRY = {"id": "1", "content": "x"}


def menu_of(**more: Any) -> dict[str, Any]:
    """Write a msgmenu."""
    menu = {"head_content": "h", "tail_content": "t", "list": [ENTRY], **more}
    return {"touser": "o1", "msgtype": "msgmenu", "msgmenu": menu}


def alarm(**more: Any) -> dict[str, Any]:
    """Write a template message; `more` changes its keywords."""
    data = {
        "thing1": "x", "thing2": "x", "time3": "2026年11月22日 15:01", "phrase4": "报警",
        "character_string5": "7", **more,
    }  # fmt: skip
    values = {name: {"value": value} for name, value in data.items() if value is not None}
    return {"touser": "o1", "template_id": "T-alarm", "data": values}


@pytest.mark.parametrize(
    ("path", "payload", "code"),
    [
        ("message/custom/send", {**TEXT, "text": {"content": "好" * 682}}, 0),
        ("message/custom/send", {**TEXT, "text": {"content": "好" * 683}}, 45002),
        ("message/custom/send", {**TEXT, "text": {"content": ""}}, 44004),
        ("message/custom/send", {**TEXT, "touser": "o9", "text": {"content": "x"}}, 40003),
        ("message/custom/send", {"touser": "o1", "msgtype": "card"}, 40008),
        ("message/custom/send", {"touser": "o1"}, 40008),
        ("message/custom/send", {**TEXT}, 47001),
        ("message/custom/send", menu_of(), 0),
        ("message/custom/send", menu_of(head_content="x" * 1025), 45002),
        ("message/custom/send", menu_of(list=[ENTRY] * 11), 45002),
        ("message/custom/send", menu_of(list=[{"id": "1", "content": "x" * 129}]), 45002),
        ("message/template/send", alarm(), 0),
        ("message/template/send", alarm(thing1="x" * 21), 47003),
        ("message/template/send", alarm(thing1="a\nb"), 47003),
        ("message/template/send", alarm(thing1=" "), 47003),
        ("message/template/send", alarm(thing2=None), 47003),
        ("message/template/send", alarm(thing9="x"), 47003),
        ("message/template/send", alarm(phrase4="报警报警报警"), 47003),
        ("message/template/send", alarm(phrase4="alarm"), 47003),
        ("message/template/send", alarm(time3="11-22 15:01"), 47003),
        ("message/template/send", alarm(character_string5="七"), 47003),
        ("message/template/send", {**alarm(), "template_id": "T"}, 40037),
        ("message/subscribe/bizsend", {**alarm(), "template_id": "T-notice"}, 43101),
        ("menu/create", {"button": []}, 40016),
        ("menu/create", {"button": [{"name": "x" * 17, "type": "click", "key": "k"}]}, 40018),
        ("menu/create", {"button": [{"name": "x", "sub_button": [ENTRY] * 6}]}, 40023),
        ("menu/create", {"button": [{"name": "x", "type": "click", "key": "k" * 129}]}, 40019),
        ("menu/create", {"button": [{"name": "x", "type": "fly", "key": "k"}]}, 40017),
    ],
)
async def test_what_is_refused(path: str, payload: dict[str, Any], code: int) -> None:
    """Each limit on its edge, with WeChat's own code."""
    stage = Stage()
    phone = stage.fake.phone("o1")
    await phone.joins()
    http = httpx.AsyncClient(transport=stage.wire, base_url="https://api.weixin.qq.com")
    query = {"access_token": stage.fake.rotate()}
    answer = (await http.post(f"/cgi-bin/{path}", params=query, json=payload)).json()
    assert answer["errcode"] == code
    assert len(stage.fake.record) == (code == 0)
    assert bool(phone.screen) == (code == 0)


async def test_a_forced_token_is_rationed() -> None:
    """Thirty seconds apart and twenty a day; without force the same token lives on."""
    stage = Stage()
    http = httpx.AsyncClient(transport=stage.wire, base_url="https://api.weixin.qq.com")

    async def ask(*, force: bool) -> dict[str, Any]:
        body = {"grant_type": "client_credential", "appid": APPID, "secret": SECRET}
        answer = await http.post("/cgi-bin/stable_token", json={**body, "force_refresh": force})
        found: dict[str, Any] = answer.json()
        return found

    first, same = await ask(force=False), await ask(force=False)
    assert first["access_token"] == same["access_token"]
    assert (await ask(force=True))["access_token"] != first["access_token"]
    assert (await ask(force=True))["errcode"] == 45011
    for _ in range(19):
        stage.time.passes(seconds=30)
        assert "access_token" in await ask(force=True)
    stage.time.passes(seconds=30)
    assert (await ask(force=True))["errcode"] == 45009


async def test_a_token_that_is_always_stale_ends_in_a_halt() -> None:
    """One change of the token and no more: no loop, whatever WeChat answers."""
    asked: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path.endswith("stable_token"):
            return httpx.Response(200, json={"access_token": "same", "expires_in": 7200})
        return httpx.Response(200, json={"errcode": 40001})

    stage = Stage()
    stage.channel._api._http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    with pytest.raises(Halted, match="halted-wechat-keys"):
        await stage.sends()
    tokens = [path for path in asked if path.endswith("stable_token")]
    assert (len(tokens), len(asked)) == (3, 5)  # fetched; fetched again, then by force


async def test_an_answer_that_is_no_json_is_never_taken_for_success() -> None:
    """A proxy's page says nothing about the message."""

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("stable_token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
        return httpx.Response(200, html="<html>log in to the network</html>")

    stage = Stage()
    stage.channel._api._http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    with pytest.raises(Exception, match="no JSON") as raised:
        await stage.sends()
    assert not isinstance(raised.value, Permanent)
