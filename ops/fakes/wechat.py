"""WeChat's interface over HTTP, with its bad moments."""

from collections.abc import Callable
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from ops.fakes.transport import Vanished
from ops.fakes.wechat_account import WechatFake
from ops.fakes.wechat_rules import Refused

__all__ = ["WechatFake", "create_app"]

Work = Callable[[dict[str, Any]], dict[str, Any]]


def create_app(fake: WechatFake) -> FastAPI:
    """Serve WeChat's real paths."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/cgi-bin/stable_token")
    async def stable_token(request: Request) -> dict[str, Any]:
        raw = await request.body()

        def work() -> dict[str, Any]:
            body = orjson.loads(raw)
            if body["grant_type"] != "client_credential":
                raise Refused(40002, "invalid grant_type")
            force = body.get("force_refresh", False)
            return fake.token(body["secret"], body["appid"], force=force)

        return fake.answered(work)

    posts: dict[str, Work] = {
        "/cgi-bin/message/custom/send": fake.customer_message,
        "/cgi-bin/message/template/send": fake.template_message,
        "/cgi-bin/message/subscribe/bizsend": fake.notice,
        "/cgi-bin/qrcode/create": fake.scene,
        "/cgi-bin/menu/create": fake.new_menu,
    }
    gets: dict[str, Work] = {
        "/cgi-bin/user/info": lambda query: fake.user(query["openid"]),
        "/cgi-bin/template/get_all_private_template": lambda _: {
            "template_list": [
                {"template_id": key, "content": text} for key, text in fake.templates.items()
            ]
        },
        "/wxaapi/newtmpl/gettemplate": lambda _: {
            "errcode": 0,
            "data": [{"priTmplId": key, "content": text} for key, text in fake.notices.items()],
        },
    }
    for path, work in (*posts.items(), *gets.items()):
        method = "POST" if path in posts else "GET"
        app.add_api_route(path, _endpoint(fake, work), methods=[method])

    @app.get("/cgi-bin/media/get")
    async def media(media_id: str, access_token: str) -> Response:
        def work() -> dict[str, Any]:
            fake.authorised(access_token)
            if media_id not in fake.files:
                raise Refused(40007, "invalid media_id")
            return {}

        if refused := fake.answered(work):
            return JSONResponse(refused)
        return Response(fake.files[media_id], media_type="image/jpeg")

    return app


def _endpoint(fake: WechatFake, work: Work) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        query = dict(request.query_params)

        def authorised() -> dict[str, Any]:
            fake.authorised(query.get("access_token", ""))
            return work(orjson.loads(raw) if request.method == "POST" else query)

        return _suffered(fake, lambda: fake.answered(authorised))

    return endpoint


def _suffered(fake: WechatFake, answer: Callable[[], dict[str, Any]]) -> Response:
    """Answer, unless one of the faults strikes."""
    match fake.faults.strike():
        case None:
            return JSONResponse(answer())
        case "busy":
            return JSONResponse({"errcode": -1, "errmsg": "system error"})
        case "quota":
            return JSONResponse({"errcode": 45009, "errmsg": "reach max api daily quota limit"})
        case "timeout_before" | "reset":
            raise Vanished
        case "timeout_after":
            answer()
            raise Vanished
        case status:
            return Response(status_code=int(status))
