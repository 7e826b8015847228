"""Sending to WeChat: windows, tokens, templates, and what each error code means."""

import httpx
import pytest

from channels.wechat.menu import menu
from core.card import Card
from core.errors import Ambiguous, Halted, Permanent, Retryable, Unreachable
from core.i18n import LANGUAGES, Translator
from ops.fakes.phone import Faults
from tests.channels.wechat_stage import SECRET, Stage


@pytest.fixture
async def stage() -> Stage:
    """Open a service account with one follower who has just written."""
    made = Stage()
    phone = made.fake.phone("o1")
    await phone.joins()
    await phone.says("你好")
    return made


async def test_a_card_comes_with_entries_to_click(stage: Stage) -> None:
    """Buttons are entries that say their number too; links stand in the text."""
    assert await stage.sends() == {}
    shown = stage.fake.phone("o1").screen[-1]
    assert [(knob.label, knob.data) for knob in shown.knobs] == [
        ("1 接单", "a" * 24),
        ("4 转派", "b" * 24),
    ]
    assert "拨打 119\n地图 https://example.org/m?x=1" in shown.text
    assert "tel:" not in shown.text


async def test_a_test_account_gets_numbers_from_then_on(stage: Stage) -> None:
    """40200 costs one call in all, and the person sees the card every time."""
    stage.fake.menus = False
    await stage.sends()
    await stage.sends()
    shown = stage.fake.phone("o1").screen[-2:]
    assert all("1 接单" in one.text and not one.knobs for one in shown)
    assert stage.fake.refusals[40200] == 1


async def test_what_does_not_fit_waits_as_the_rest(stage: Stage) -> None:
    """A long card is cut at a line's end; nothing of it is lost."""
    long = Card(key="k", title="通知", summary="\n".join(f"第{n}行" * 9 for n in range(60)))
    receipt = await stage.sends(long)
    page = stage.fake.record[-1]["text"]["content"]
    assert page.endswith(Translator()("text-read-on"))
    whole = page.removesuffix("\n" + Translator()("text-read-on")) + "\n" + receipt["rest"]
    assert whole == long.fallback()


async def test_peoples_words_never_become_a_link(stage: Stage) -> None:
    """A report that says <a href=…> reaches the worker as it was typed, not as a link."""
    evil = Card(key="k", title='看 <a href="weixin://bizmsgmenu?x">这里</a>，体温 <36')
    await stage.sends(evil)
    text = stage.fake.record[-1]["text"]["content"]
    assert "<a" not in text
    assert "</a" not in text
    assert "<36" in text


async def test_the_window_ends_and_its_count_is_used_up(stage: Stage) -> None:
    """Five for the message and three for the follow, then none; later nothing at all."""
    for number in range(8):
        await stage.sends(reference=f"r-{number}")
    with pytest.raises(Unreachable, match="45047") as used_up:
        await stage.sends()
    stage.time.passes(hours=48)
    with pytest.raises(Unreachable, match="45015") as over:
        await stage.sends()
    assert not used_up.value.gone
    assert not over.value.gone


async def test_a_notice_goes_by_template(stage: Stage) -> None:
    """Every keyword within its form; the title first, the labelled fields in their places."""
    alarmed = Stage(alarm_template="T-alarm", notice_template="T-notice")
    await alarmed.fake.phone("o1").joins()
    assert alarmed.channel.consent_template == ""
    alarmed.time.passes(days=30)
    await alarmed.sends(notice=True, link="https://example.org/chat?ticket=x")
    await alarmed.sends(notice=True, link="https://example.org/chat?ticket=x")
    (accepted,) = alarmed.fake.record
    shown = alarmed.fake.phone("o1").screen[-1]
    assert shown.text.startswith("烟雾报警：3幢2单元501\n地点:3幢2单元501\n时间:20")
    assert shown.text.endswith("状态:报警\n工单号:7")
    assert [knob.url for knob in shown.knobs] == ["https://example.org/chat?ticket=x"]
    assert accepted["kind"] == "template"


async def test_a_notice_without_a_template_takes_another_way(stage: Stage) -> None:
    """Neither template set, or one that is not the account's: this message has no way here."""
    with pytest.raises(Unreachable, match="no template"):
        await stage.sends(notice=True)
    wrong = Stage(alarm_template="T-other")
    await wrong.fake.phone("o1").joins()
    with pytest.raises(Unreachable, match="template unknown"):
        await wrong.sends(notice=True)


async def test_each_consent_is_one_notice() -> None:
    """A 订阅通知 uses a consent up; without one WeChat refuses."""
    stage = Stage(notice_template="T-notice")
    phone = stage.fake.phone("o1")
    await phone.joins()
    await phone.answers_notice(**{"T-notice": True})
    assert stage.channel.consent_template == "T-notice"
    await stage.sends(notice=True, lang="en")
    assert "事项:烟雾报警：3幢2单元501" in phone.screen[-1].text
    with pytest.raises(Unreachable, match="43101") as refused:
        await stage.sends(notice=True)
    assert not refused.value.gone


async def test_who_left_gets_no_template() -> None:
    """43004: gone until they come back by themselves."""
    stage = Stage(alarm_template="T-alarm")
    phone = stage.fake.phone("o1")
    await phone.joins()
    await phone.leaves()
    with pytest.raises(Unreachable, match="43004") as left:
        await stage.sends(notice=True)
    assert left.value.gone


async def test_a_token_lasts_two_hours_and_is_changed_once(stage: Stage) -> None:
    """42001 after two hours: one new token, the message arrives, nobody notices."""
    await stage.sends()
    stage.time.passes(hours=2, seconds=1)
    await stage.sends()
    assert stage.tokens.fetched == 2
    assert stage.fake.refusals == {42001: 1}


async def test_a_rotated_token_serves_for_five_minutes(stage: Stage) -> None:
    """Somebody else rotates: the old one serves on, then 40001 or 42001 and a change."""
    await stage.sends()
    stage.fake.rotate()
    stage.time.passes(minutes=4)
    await stage.sends()
    assert not stage.fake.refusals
    stage.time.passes(minutes=2)
    await stage.sends()
    assert stage.tokens.fetched == 2


async def test_a_voided_token_is_replaced(stage: Stage) -> None:
    """40001 leads to one change of the token and the message arrives."""
    await stage.sends()
    stage.fake.forget_tokens()
    await stage.sends()
    assert stage.fake.refusals == {40001: 1}
    assert len(stage.fake.record) == 2


async def test_a_wrong_secret_halts_the_channel(stage: Stage) -> None:
    """Nothing is hammered: an operator is told what to do."""
    stage.fake.secret = "another"
    with pytest.raises(Halted, match="halted-wechat-keys"):
        await stage.sends()
    assert await stage.channel.probe() == [("wechat.token", False, "halted-wechat-keys")]
    stage.fake.secret = SECRET
    assert await stage.channel.probe() == [("wechat.token", True, "")]


async def test_an_address_off_the_white_list_halts_the_channel(stage: Stage) -> None:
    """40164 comes with the token already."""
    stage.fake.allowed = False
    with pytest.raises(Halted, match="halted-wechat-address"):
        await stage.sends()


async def test_the_daily_quota_halts_for_an_hour_at_most(stage: Stage) -> None:
    """45009: an operator may clear it, and midnight does."""
    stage.fake.daily_quota = 1
    await stage.sends()
    with pytest.raises(Halted, match="halted-wechat-quota") as halted:
        await stage.sends()
    assert 60 <= halted.value.after <= 3600


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_reason_says_what_to_do(lang: str) -> None:
    """Each reason to halt has its words."""
    t = Translator(lang)
    for name in ("wechat", "miniprogram"):
        for cause in ("quota", "address", "keys", "silent"):
            assert t(f"halted-{name}-{cause}") != f"halted-{name}-{cause}"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("429", Retryable),
        ("500", Retryable),
        ("busy", Retryable),
        ("quota", Halted),
        ("502", Ambiguous),
        ("timeout_before", Ambiguous),
        ("timeout_after", Ambiguous),
        ("reset", Ambiguous),
    ],
)
async def test_bad_moments(stage: Stage, kind: str, error: type[Exception]) -> None:
    """What is certain is told apart from what is not."""
    stage.fake.faults = Faults(rate=1.0, kinds=(kind,))
    with pytest.raises(error):
        await stage.sends()
    assert len(stage.fake.record) == (kind == "timeout_after")


async def test_a_closed_door_lets_nothing_out(stage: Stage) -> None:
    """A refused connection is tried again, with the token as with the message."""
    stage.wire.refusing = True
    with pytest.raises(Retryable):
        await stage.sends()
    assert await stage.channel.probe() == [("wechat.token", False, "halted-wechat-silent")]


@pytest.mark.parametrize(
    ("code", "error", "gone"),
    [
        (40003, Unreachable, True), (43004, Unreachable, True), (43019, Unreachable, True),
        (48002, Unreachable, True), (45015, Unreachable, False), (45047, Unreachable, False),
        (43101, Unreachable, False), (40037, Unreachable, False), (40013, Halted, None),
        (40125, Halted, None), (40164, Halted, None), (45009, Halted, None), (48001, Halted, None),
        (40001, Halted, None), (40014, Halted, None), (42001, Halted, None),
        (-1, Retryable, None), (45033, Retryable, None), (45011, Retryable, None),
        (45002, Permanent, None), (47001, Permanent, None), (47003, Permanent, None),
        (99999, Permanent, None),
    ],
)  # fmt: skip
async def test_every_code_has_its_meaning(
    stage: Stage, code: int, error: type[Exception], *, gone: bool | None
) -> None:
    """The map of WeChat's errors, through the whole client."""

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("stable_token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
        return httpx.Response(200, json={"errcode": code, "errmsg": "x o1"})

    stage.channel._api._http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    with pytest.raises(error) as raised:
        await stage.sends()
    assert type(raised.value) is error or error is Permanent
    assert getattr(raised.value, "gone", None) is gone
    assert "o1" not in str(raised.value)


async def test_pictures_come_by_their_media_id(stage: Stage) -> None:
    """An expired id is no picture."""
    phone = stage.fake.phone("o1")
    await phone.sends_picture(b"\xff\xd8jpeg")
    (ref,) = stage.fake.files
    assert await stage.channel.media(ref) == b"\xff\xd8jpeg"
    with pytest.raises(Permanent, match="40007"):
        await stage.channel.media("gone")


async def test_a_code_carries_a_scene(stage: Stage) -> None:
    """The address of the picture names the ticket that the fake knows the scene by."""
    address = httpx.URL(await stage.channel.invitation("link-12345678"))
    assert stage.fake.scenes[address.params["ticket"]] == "link-12345678"
    assert address.host == "mp.weixin.qq.com"
    with pytest.raises(Permanent, match="40053"):
        await stage.channel.invitation("x" * 65)


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_the_menu_fits_and_says_words(stage: Stage, lang: str) -> None:
    """WeChat takes the menu of each language."""
    await stage.channel.push_menu(menu(Translator(lang)))
    assert len(stage.fake.menu) == 3
    assert all(
        entry["key"].startswith("say:")
        for button in stage.fake.menu
        for entry in button.get("sub_button", [button])
    )


async def test_a_follower_may_have_a_union_id(stage: Stage) -> None:
    """It joins the accounts of one person, where the vendor gives it."""
    assert await stage.channel.profile("o1") is None
    stage.fake.unions["o1"] = "u1"
    assert await stage.channel.profile("o1") == "u1"


async def test_nothing_sent_is_changed(stage: Stage) -> None:
    """What changed is a new message."""
    assert not stage.channel.edits
    assert await stage.channel.edit(None, [{}]) is None
