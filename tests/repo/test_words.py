"""Words stand in locales/ only, in both languages, with equal arguments, and each is used."""

import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
import yaml
from pydantic import BaseModel

from bot.console.lists.duty import ANSWERS, STATES
from bot.console.lists.registry import LISTS
from bot.console.lists.shape import Listing
from bot.console.lists.staff import STANDINGS, WAYS
from cards.access import TOLD
from cards.scene import DIAL
from core.actor import CENTRE, Role
from core.card import Tone
from core.event import StrangeKind
from core.i18n import LANGUAGES, LOCALES, page_words
from flows import glass, silence, transfer
from handlers.routes import NOT_YET
from models import (
    DeviceKind,
    Duty,
    Happened,
    HomeUse,
    How,
    Part,
    RuleKind,
    Severity,
    ShopFault,
    Standing,
    Status,
)
from models.calls import CallKind
from models.points import Reason, RedemptionState
from services import gateways, undelivered, unreachable
from services.away import NOT_BACK
from services.device_requests import KINDS
from services.imports.columns import columns
from services.imports.forms import FORMS
from services.language.intents import ALL, OF_ROLE
from services.people.requests import Wish
from services.rules import outages
from services.rules.draft import VITAL
from services.shops.places import Source
from services.tickets import flapping, remedies
from services.tickets.answer import Found, Seen
from services.tickets.bell import BELL, Failed
from services.tickets.callers import CALLS
from services.tickets.chain import DEFAULTS
from services.tickets.door import TRIED, Step
from services.tickets.signs import Says
from tests.repo.house import ROOT
from tests.repo.words import HOLE, Use, messages, python_uses, web_uses


def data(name: str) -> Any:
    """Read one of the YAML files of data/."""
    return yaml.safe_load((ROOT / "data" / name).read_text("utf-8"))


def groups() -> set[str]:
    """Name the groups that residents may belong to."""
    return set(data("cells.yaml")["groups"])


EVERY: tuple[Listing, ...] = tuple(LISTS.values())
BODIES = {act.body for one in EVERY for act in one.acts if act.body is not None}


def fields_of(body: type[BaseModel]) -> set[str]:
    """Name the fields of a form, and of the lines within it."""
    inner = [
        one
        for info in body.model_fields.values()
        for one in get_args(info.annotation)
        if isinstance(one, type) and issubclass(one, BaseModel)
    ]
    keys = {
        key
        for info in body.model_fields.values()
        if get_origin(info.annotation) is dict
        for key in get_args(get_args(info.annotation)[0])
    }
    return (
        set(body.model_fields) - {"version"}
        | keys
        | {name for one in inner for name in fields_of(one)}
    )


# What may stand in the hole of f"what-{…}" and the like.
# Why a vendor's channel rests; that each is raised somewhere is tested with the words it asks for.
HALTED = {
    f"{account}-{cause}"
    for account in ("wechat", "miniprogram")
    for cause in ("quota", "address", "keys", "silent")
} | {
    "wecom-ip", "wecom-secret", "wecom-agent", "wecom-quota", "telegram-token", "telegram-poller",
}  # fmt: skip

FAMILIES: dict[str, set[str]] = {
    "what-": {rule["key"] for rule in data("rules.yaml")}
    | CALLS
    | {"unregistered", "unreadable", NOT_BACK, BELL}
    | {remedies.FAULTY, flapping.FLAPPING, outages.AFTER, outages.FLAT, gateways.OFFLINE},
    "status-": set(Status),
    "state-": {"normal", "alarm", "handled", "offline"},
    "found-": set(Found),
    "seen-": set(Seen),
    "event-": set(Happened),
    "duty-post-": set(Duty),
    "shop-fault-": set(ShopFault),
    "correct-ask-": {"fault", "hours", "phone", "moved"},
    "correct-example-": {"hours", "phone", "moved"},
    "correct-sure-": set(ShopFault),
    "swap-ask-": {"shift", "whom"},
    "transfer-ask-": {"whom", "why"},
    "transfer-next-": {"whom", "why"},
    "transfer-why-": {"first", *transfer.REASONS},
    "undelivered-": set(undelivered.CAUSES),
    "use-": set(HomeUse),
    "menu-": set(OF_ROLE),
    "group-": groups(),
    "relation-": {"child", *data("people.yaml")["relations"]},
    "need-": set(data("people.yaml")["needs"]),
    "standing-": {one.value for one in Standing if one is not Standing.BOTH},
    "bind-asked-": set(Wish),
    "action-binding-": set(Wish),
    "binding-own-": set(Wish),
    "binding-": {"code", *Wish},
    "glass-ask-": {"place", "who", "reason"},
    "glass-next-": {"place", "who", "reason"},
    "glass-reason-": set(glass.REASONS),
    "glass-told-": {"self", "family", "worker"},
    "look-": {one.value.replace(".", "_") for one in TOLD} | {"other"},
    "role-": set[str](CENTRE) | set(unreachable.ROLES),
    "account-is-": set(STANDINGS),
    "way-": set(WAYS),
    "deed-": {one.value.replace(".", "_") for one in TOLD},
    "look-by-": set(Role),
    "resolve-ask-": {"found", "seen", "note"},
    "emergency-kind-": set(CallKind),
    "emergency-advice-": set(CallKind),
    "handover-": set[str](Status) - {Status.OPEN},
    "channel-": {"web", "wechat", "miniprogram", "wecom", "telegram"},
    "kind-": set(DeviceKind),
    "heard-as-": set(KINDS),
    "apply-consent-": set(KINDS),
    "apply-ask-": {"kind", "whom", "consent", "again"},
    "install-test-": {"press", "use"},
    "platform-": {"ctwing", "onenet"},
    "halted-": HALTED,
    # What probes of channels advise.
    "text-": {
        "telegram-unreachable",
        "telegram-wrong-mode",
        "telegram-webhook-fails",
        "speech-key",
        "speech-address",
        "speech-silent",
    },
    "strange-": set(get_args(StrangeKind)),
    "handover-promise-": {"today", "tomorrow"},
    "intent-": set(ALL)
    | {
        "approve_attendance",
        "register_device",
        "device_requests",
        "silences",
        "swap_shift",
        "my_shifts",
    },
    "not-yet-": set(NOT_YET),
    "part-": {Part.CALLER, Part.ELDER, Part.FAMILY},
    "points-why-": set(Reason),
    "privacy-": {"kept", "seen", "asked"},
    "redeem-is-": set[str](RedemptionState) - {RedemptionState.HELD},
    "redeem-merchant-": set(RedemptionState),
    "redeem-resident-": set[str](RedemptionState) - {RedemptionState.HELD},
    "safe-how-": {How.VOICE, How.TOGETHER, How.GUESS},
    "safe-noted-": set(How),
    "safe-said-": set(How),
    "silence-ask-": {"place", "device", "minutes", "reason"},
    "silence-why-": set(silence.REASONS),
    "limit-": {*VITAL, "water_total"},
    "sign-": set(Says) | {"never", "list"},
    "unusual-": {"water_total", "contact_open"},
    "shops-from-": set(get_args(Source)),
    "wechat-tone-": set(get_args(Tone)),
    "bell-": set(Failed),
    "guide-": set(DIAL) | {"manhole"},
    "noted-": set(Step),
    "noted-seen-": set(Seen),
    "door-": set(Step),
    "action-door-": set(TRIED),
    "weekday-": {f"{day}" for day in range(7)},
    "list-": set(LISTS),
    "empty-": set(LISTS),
    "group-of-": {one.group for one in EVERY},
    "col-": {column.word for one in EVERY for column in one.columns}
    | {narrow.code for one in EVERY for narrow in one.filters},
    "act-": {act.code for one in EVERY for act in one.acts} | {"add", "edit"},
    "fill-": {code for kind in FORMS for code in columns(kind)}
    | {name for body in BODIES for name in fields_of(body)},
    "choice-": {*Duty, "all", *Severity, *HomeUse},
    "looks-for-": set(RuleKind),
    "policy-for-": set(DEFAULTS),
    "shift-is-": set(STATES),
    "swap-is-": set(ANSWERS),
    "drill-is-": {"runs", "over"},
    "sure-": {act.code for one in EVERY for act in one.acts if act.sure},
}


def family(use: Use) -> str | None:
    """Return the prefix of a use such as f"what-{…}", None for any other."""
    prefix = use.key.pattern.removesuffix(HOLE).replace("\\", "")
    return prefix if use.key.pattern == re.escape(prefix) + HOLE else None


def members(use: Use) -> Iterator[str]:
    """Name the keys of zh-CN that a use may mean."""
    prefix = family(use)
    named = {f"{prefix}{name}" for name in FAMILIES.get(prefix or "", ())}
    for key in messages(LANGUAGES[0]):
        if key in named if prefix else use.key.fullmatch(key):
            yield key


def test_both_languages_have_the_same_keys() -> None:
    """English is complete."""
    first, second = (set(messages(lang)) for lang in LANGUAGES)
    assert first ^ second == set()


def test_both_languages_have_the_same_files() -> None:
    """One file per subject, in each language."""
    first, second = ({path.name for path in (LOCALES / lang).glob("*")} for lang in LANGUAGES)
    assert first == second


def test_both_languages_take_the_same_arguments() -> None:
    """What one language says of a name or a number, the other says too."""
    first, second = (messages(lang) for lang in LANGUAGES)
    assert {key for key in first if first[key] != second.get(key, first[key])} == set()


@pytest.mark.parametrize("uses", [python_uses, web_uses], ids=["python", "web"])
def test_every_word_that_is_asked_for_exists(uses: object) -> None:
    """A missing key would show itself instead of a sentence."""
    assert callable(uses)
    assert not [f"{use.place} {use.key.pattern}" for use in uses() if not any(members(use))]


@pytest.mark.parametrize("uses", [python_uses, web_uses], ids=["python", "web"])
def test_every_word_gets_its_arguments(uses: object) -> None:
    """A missing argument would show its own name."""
    assert callable(uses)
    lacking = [
        f"{use.place} {key} wants {sorted(messages(LANGUAGES[0])[key] - use.given)}"
        for use in uses()
        if use.given is not None
        for key in members(use)
        if messages(LANGUAGES[0])[key] - use.given
    ]
    assert not lacking


@pytest.mark.parametrize("prefix", FAMILIES)
def test_every_member_of_a_family_has_words(prefix: str) -> None:
    """A new rule, state or event without words would be found by the first person it reaches."""
    assert {key for name in FAMILIES[prefix] if (key := f"{prefix}{name}") not in messages("en")} \
        == set()  # fmt: skip


def test_every_family_is_known() -> None:
    """What may stand in the hole of an f-string is listed above, and nothing else is."""
    assert {prefix for use in python_uses() if (prefix := family(use))} == FAMILIES.keys()


def test_no_word_is_unused() -> None:
    """Words nobody asks for are translated in vain."""
    used = {key for use in (*python_uses(), *web_uses()) for key in members(use)}
    assert set(messages(LANGUAGES[0])) - used == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pages_words_are_plain(lang: str) -> None:
    """The pages fill `{ $name }` by themselves and know no more of Fluent."""
    ours = {key for key in messages(lang) if key.startswith("web-")}
    assert page_words(lang).keys() == ours
