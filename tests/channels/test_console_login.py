"""Into the command centre: password, second factor, recovery, links; what is refused, and how often."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pyotp
import pytest

from core.clock import utcnow
from core.db import Database
from core.errors import UserError
from ops.embedded import Urls
from services import attempts, passwords, second_factor
from tests.channels.centre_stage import PASSWORD, Centre, opened
from tests.world import World

pytestmark = pytest.mark.real_clock


@pytest.fixture
async def centre(world: World, db_url: str, urls: Urls) -> AsyncIterator[Centre]:
    """Run the product as outside of the demo."""
    async with opened(world, db_url, urls) as one:
        yield one


async def test_password_and_code_open_the_centre(centre: Centre) -> None:
    """Neither alone does; the token of a step opens nothing else."""
    await centre.account("operator")
    answer = await centre.posts("/login", {"account": "operator", "password": PASSWORD})
    body = answer.json()
    assert (body["next"], "token" in body, dict(centre.client.cookies)) == ("code", False, {})
    headers = {"Authorization": f"Bearer {body['ticket']}"}
    assert (await centre.client.get("/api/console/me", headers=headers)).status_code == 401
    by_link = await centre.client.post("/api/chat/login", json={"ticket": body["ticket"]})
    assert by_link.status_code == 401
    came = await centre.posts(
        "/login/code", {"ticket": body["ticket"], "code": centre.code("operator")}
    )
    headers = {"Authorization": f"Bearer {came.json()['token']}"}
    me = (await centre.client.get("/api/console/me", headers=headers)).json()
    assert (me["name"], me["roles"], me["masked"]) == ("赵敏", ["operator"], False)
    again = await centre.posts(
        "/login/code", {"ticket": body["ticket"], "code": centre.code("operator", steps=1)}
    )
    assert (again.status_code, again.json()["error"]["code"]) == (401, "login-again")
    rows = await centre.world.fetch("SELECT action FROM access_entry")
    assert [row.action for row in rows] == ["console.enter"]


async def test_one_error_for_whatever_is_wrong(centre: Centre) -> None:
    """An account that is not there, a wrong password, one without a password, a closed one."""
    await centre.account("operator")
    await centre.account("desk")
    await centre.changes("UPDATE credential SET closed_at = now() WHERE account = 'desk'")
    await centre.account("empty")
    await centre.changes("UPDATE credential SET password_hash = NULL WHERE account = 'empty'")
    tries = [("operator", "wrong"), ("nobody", PASSWORD), ("desk", PASSWORD), ("empty", PASSWORD)]
    answers = [
        await centre.posts("/login", {"account": account, "password": password})
        for account, password in tries
    ]
    assert {(one.status_code, one.text) for one in answers} == {(401, answers[0].text)}
    assert answers[0].json()["error"]["code"] == "login-wrong"


async def test_a_code_works_once(centre: Centre) -> None:
    """Seen over a shoulder it is worth nothing; one half-minute of a wrong clock is forgiven."""
    await centre.account("operator")
    await centre.enters("operator")
    ticket = await centre.first_step("operator")
    for steps in (0, -1, 3):  # the one that was used, the one before it, one of much later
        code = centre.code("operator", steps=steps)
        answer = await centre.posts("/login/code", {"ticket": ticket, "code": code})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "login-code-wrong")
    code = centre.code("operator", steps=1)
    assert (await centre.posts("/login/code", {"ticket": ticket, "code": code})).status_code == 200


async def test_of_two_who_use_a_code_at_once_one_comes_in(
    centre: Centre, db_url: str, world: World
) -> None:
    """Two processes, each with connections of its own; twenty times over."""
    person = await centre.account("operator")
    other = Database(db_url)
    try:
        for turn in range(20):
            now = utcnow() + timedelta(minutes=turn + 1)
            code = pyotp.TOTP(centre.secrets["operator"]).at(int(now.timestamp()))
            came = await asyncio.gather(
                *(
                    db.run(
                        lambda s, now=now, code=code: second_factor.prove(  # type: ignore[misc]
                            s, person, code, now=now
                        )
                    )
                    for db in (world.db, other)
                ),
                return_exceptions=True,
            )
            assert sorted(isinstance(one, UserError) for one in came) == [False, True]
    finally:
        await other.aclose()


async def test_a_recovery_code_comes_in_once(centre: Centre) -> None:
    """It is typed as it may be; the other nine work on, new ones end them all."""
    person = await centre.account("operator")
    codes = await centre.world.db.run(lambda s: second_factor.new_codes(s, person))
    assert len(set(codes)) == 10
    ticket = await centre.first_step("operator")
    body = {"ticket": ticket, "code": codes[0].upper().replace("-", " "), "recovery": True}
    first = await centre.posts("/login/code", body)
    assert first.status_code == 200
    body["ticket"] = await centre.first_step("operator")
    assert (await centre.posts("/login/code", body)).status_code == 401
    headers = {"Authorization": f"Bearer {first.json()['token']}"}
    centre.client.cookies.clear()
    own = (await centre.client.get("/api/console/sessions", headers=headers)).json()
    assert own["recovery_left"] == 9
    made = await centre.posts("/recovery", {"password": PASSWORD}, headers=headers)
    assert len(made.json()["recovery"]) == 10
    ticket = await centre.first_step("operator")
    body = {"ticket": ticket, "code": codes[1], "recovery": True}
    assert (await centre.posts("/login/code", body)).status_code == 401
    kept = await centre.world.fetch("SELECT digest FROM recovery_code")
    assert not any(codes[1].encode() in bytes(row.digest) for row in kept)


async def test_without_a_second_factor_one_is_made_first(centre: Centre) -> None:
    """The secret is sealed, the QR code says it, and the first code proves that it arrived."""
    await centre.account("operator", enrolled=False)
    answer = (await centre.posts("/login", {"account": "operator", "password": PASSWORD})).json()
    assert answer["next"] == "enrol"
    ticket = answer["ticket"]
    shown = (await centre.posts("/login/enrol", {"ticket": ticket})).json()
    assert shown == (await centre.posts("/login/enrol", {"ticket": ticket})).json()
    assert shown["qr"].startswith("data:image/svg+xml")
    rows = await centre.world.fetch("SELECT totp_secret FROM credential")
    assert shown["secret"].encode() not in bytes(rows[0].totp_secret)
    wrong = await centre.posts("/login/enrol/confirm", {"ticket": ticket, "code": "000000"})
    assert wrong.status_code == 401
    code = pyotp.TOTP(shown["secret"]).at(int(utcnow().timestamp()))
    came = (await centre.posts("/login/enrol/confirm", {"ticket": ticket, "code": code})).json()
    assert (len(came["recovery"]), came["me"]["name"]) == (10, "赵敏")
    again = await centre.posts("/login/enrol", {"ticket": ticket})
    assert again.status_code == 401


async def test_guessing_ends_for_all_processes_alike(
    centre: Centre, world: World, db_url: str, urls: Urls
) -> None:
    """Ten from one place, also of an account that is not there; the owner elsewhere comes in."""
    await centre.account("operator")
    async with opened(world, db_url, urls) as second:
        for account in ("operator", "nobody"):
            answers = [
                await one.posts("/login", {"account": account, "password": "wrong"})
                for _ in range(6)
                for one in (centre, second)
            ]
            assert [one.status_code for one in answers] == [401] * 10 + [429] * 2
    owner = await world.db.run(
        lambda s: attempts.allows(s, "operator", "198.51.100.7", now=utcnow())
    )
    assert owner
    later = utcnow() + attempts.WINDOW
    assert await world.db.run(lambda s: attempts.allows(s, "operator", "127.0.0.1", now=later))
    rows = await world.fetch("SELECT key FROM login_count")
    assert all(len(row.key) == 16 for row in rows)


async def test_a_code_is_no_easier_to_guess_than_a_password(centre: Centre) -> None:
    """With the password in hand ten tries are left, not a million."""
    await centre.account("operator")
    ticket = await centre.first_step("operator")
    answers = [
        (await centre.posts("/login/code", {"ticket": ticket, "code": f"{n:06}"})).status_code
        for n in range(11)
    ]
    assert answers == [401] * 9 + [429] * 2


async def test_a_hash_of_old_is_made_anew(centre: Centre) -> None:
    """Its owner notices nothing."""
    from argon2 import PasswordHasher

    await centre.account("operator")
    old = PasswordHasher(time_cost=2, memory_cost=8192, parallelism=1).hash(PASSWORD)
    assert passwords.outdated(old)
    await centre.changes("UPDATE credential SET password_hash = :old", old=old)
    await centre.enters("operator")
    rows = await centre.world.fetch("SELECT password_hash FROM credential")
    assert rows[0].password_hash != old
    assert not passwords.outdated(rows[0].password_hash)


async def test_a_session_is_new_at_every_log_in_and_the_old_one_ends(centre: Centre) -> None:
    """A cookie that somebody planted opens nothing afterwards."""
    await centre.account("operator")
    client = centre.client
    client.cookies.set("linling-console", "planted", domain="test.local", path="/")
    ticket = await centre.first_step("operator")
    body = {"ticket": ticket, "code": centre.code("operator")}
    first = (await centre.posts("/login/code", body)).json()["token"]
    assert client.cookies["linling-console"] == first != "planted"
    ticket = await centre.first_step("operator")
    body = {"ticket": ticket, "code": centre.code("operator", steps=1)}
    second = (await centre.posts("/login/code", body)).json()
    assert second["token"] != first
    headers = {"Authorization": f"Bearer {first}"}
    assert (await client.get("/api/console/me", headers=headers)).status_code == 401
    out = await centre.posts("/logout", headers={"X-CSRF-Token": second["csrf"]})
    assert out.status_code == 200
    assert "linling-console" not in client.cookies
    headers = {"Authorization": f"Bearer {second['token']}"}
    assert (await client.get("/api/console/me", headers=headers)).status_code == 401


async def test_the_cookie_under_https(world: World, db_url: str, urls: Urls) -> None:
    """Host-bound, for no script, over https alone, for no other site; and the headers with it."""
    async with opened(world, db_url, urls, base_url="https://test") as centre:
        await centre.account("operator")
        ticket = await centre.first_step("operator")
        body = {"ticket": ticket, "code": centre.code("operator")}
        answer = await centre.posts("/login/code", body)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-linling-console=")
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= flags
        assert not [flag for flag in flags if flag.startswith("domain")]
        headers = answer.headers
        assert "max-age=31536000" in headers["strict-transport-security"]
        assert headers["content-security-policy"].startswith(
            "default-src 'none'; script-src 'self'"
        )
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "camera=()" in headers["permissions-policy"]


async def test_another_site_can_do_nothing_with_the_cookie(centre: Centre) -> None:
    """Without the session's own token, or from elsewhere, nothing is changed; nor is anybody let in."""
    await centre.account("operator")
    ticket = await centre.first_step("operator")
    body = {"ticket": ticket, "code": centre.code("operator")}
    csrf = (await centre.posts("/login/code", body)).json()["csrf"]
    for headers in (
        {},
        {"X-CSRF-Token": "0" * 32},
        {"X-CSRF-Token": csrf, "Origin": "https://evil.example"},
        {"X-CSRF-Token": csrf, "Sec-Fetch-Site": "cross-site"},
    ):
        answer = await centre.posts("/visitors", {"on": True}, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf-missing")
    ours = {"X-CSRF-Token": csrf, "Origin": "http://test", "Sec-Fetch-Site": "same-origin"}
    assert (await centre.posts("/visitors", {"on": True}, headers=ours)).status_code == 200
    foreign = {"Origin": "https://evil.example"}
    body = {"account": "operator", "password": PASSWORD}
    assert (await centre.posts("/login", body, headers=foreign)).status_code == 403


async def test_a_new_password_ends_the_other_sessions(centre: Centre) -> None:
    """The present one is asked for, weak ones and the same one are refused."""
    await centre.account("operator")
    here, there = await centre.enters("operator"), await centre.session("operator")
    for body, code in (
        ({"password": "wrong", "new": "another horse runs"}, "password-wrong"),
        ({"password": PASSWORD, "new": "short"}, "password-weak"),
        ({"password": PASSWORD, "new": "operator operator"}, "password-weak"),
        ({"password": PASSWORD, "new": "aaaaaaaaaaaaaaaa"}, "password-weak"),
        ({"password": PASSWORD, "new": PASSWORD}, "password-same"),
    ):
        answer = await centre.posts("/password", body, headers=here)
        assert answer.json()["error"]["code"] == code
    body = {"password": PASSWORD, "new": "another horse runs"}
    assert (await centre.posts("/password", body, headers=here)).status_code == 200
    assert (await centre.client.get("/api/console/me", headers=here)).status_code == 200
    assert (await centre.client.get("/api/console/me", headers=there)).status_code == 401


async def test_one_ends_the_own_other_sessions(centre: Centre) -> None:
    """A screen left open somewhere is closed from here."""
    await centre.account("operator")
    here, there = await centre.session("operator"), await centre.session("operator")
    listed = (await centre.client.get("/api/console/sessions", headers=here)).json()["sessions"]
    assert sorted(one["here"] for one in listed) == [False, True]
    assert (await centre.posts("/sessions/end", headers=here)).json() == {"ended": 1}
    assert (await centre.client.get("/api/console/me", headers=there)).status_code == 401
    assert (await centre.client.get("/api/console/me", headers=here)).status_code == 200
