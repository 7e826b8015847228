"""Alarm rules, which can be tried before they are changed, and how tickets escalate."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bot.console.deps import ByOperator
from bot.console.doors import asks
from bot.console.duty import Span
from bot.console.lists.duty import span
from bot.console.lists.shape import Act, Column, Filter, Listing, fixed
from bot.console.policies import Policy
from bot.deps import InStack
from core.clock import local, utcnow
from core.db import Session
from core.i18n import Translator
from models import RuleKind, Severity
from services.imports.words import listed
from services.lists import settings
from services.permissions import Permission
from services.rules import trying
from services.rules.trying import Change, Tried

_RULE = "/api/console/lists/rules/{key}"
_SHOWN = 50  # alarms that a trial lists one by one


class Changed(BaseModel):
    """What a rule would say; what it measures and of which devices stays as it is."""

    model_config = ConfigDict(extra="forbid")
    limit: float
    clear_limit: float | None = None
    span_s: int | None = Field(default=None, ge=1, le=2_592_000)
    times: int | None = Field(default=None, ge=1, le=100)
    schedule: list[Span] = Field(default=[], max_length=10)
    severity: Severity
    enabled: bool = False
    version: int | None = None

    def change(self) -> Change:
        """Give the change as the service takes it."""
        schedule = tuple(
            {"days": one.days, "from": f"{one.begins:%H:%M}", "to": f"{one.ends:%H:%M}"}
            for one in self.schedule
        )
        return Change(
            self.limit, self.clear_limit, timedelta(seconds=self.span_s or 0), self.times or 1,
            schedule, self.severity, self.enabled,
        )  # fmt: skip


class Trial(Changed):
    """A rule to be tried: on one value that a message may bring, else on what devices said."""

    value: float | None = None


def _what(t: Translator, code: str) -> str:
    return t(f"what-{code}")


def _severity(t: Translator, code: str) -> str:
    return t(f"choice-{code}")


def _policy(t: Translator, code: str) -> str:
    return t(f"policy-for-{code}")


def _looks(t: Translator, code: str) -> str:
    return t(f"looks-for-{code}")


def _lasting(t: Translator, seconds: int) -> str:
    """Say a time in the largest unit that leaves nothing over."""
    if seconds and not seconds % 3600:
        return t("time-hours", count=seconds // 3600)
    return (
        t("time-minutes", count=seconds // 60)
        if seconds and not seconds % 60
        else t("time-seconds", count=seconds)
    )


def _step(t: Translator, step: Any) -> str:
    whom = listed(t(f"choice-{one}") for one in step["to"])
    if step.get("every_s"):
        return t("step-every", time=_lasting(t, step["every_s"]), whom=whom)
    if step.get("asks"):
        return t("step-asks", time=_lasting(t, step["after_s"]), whom=whom)
    return t("step-after", time=_lasting(t, step["after_s"]), whom=whom)


def _watch(t: Translator, watch: Any) -> str:
    return t(
        "step-watch",
        **{name: _lasting(t, watch.get(f"{name}_s", 0)) for name in ("arrive", "again", "quiet")},
    )  # fmt: skip


RULES = Listing(
    "rules", "settings", Permission.RULES_READ, settings.rules,
    (
        Column("what", words=_what), Column("severity", words=_severity),
        Column("looks_for", words=_looks), Column("limit"),
        Column("span_s", "number"), Column("times", "number"),
        Column("schedule", "lines", span), Column("enabled", "flag"),
    ),
    (
        Filter("severity", fixed(list(Severity), _severity)),
        Filter("looks_for", fixed(list(RuleKind), _looks)),
    ),
    (
        Act("try-rule", "POST", f"{_RULE}/try", Permission.RULES_READ, body=Trial, takes="values",
            tells=True),
        Act("change-rule", "PUT", _RULE, Permission.RULES_WRITE, body=Changed, takes="values",
            versioned=True),
    ),
    searched=False,
)  # fmt: skip
POLICIES = Listing(
    "policies", "settings", Permission.RULES_READ, settings.escalation,
    (
        Column("key", words=_policy, title="ticket_kind"), Column("chain", "lines", _step),
        Column("watch", "lines", _watch), Column("since", "moment", title="changed_at"),
        Column("version", "number"),
    ),
    acts=(
        Act("change-policy", "PUT", "/api/console/policies/{key}", Permission.RULES_WRITE,
            body=Policy, takes="values", versioned=True),
    ),
    searched=False,
)  # fmt: skip


def add_routes(router: APIRouter) -> None:
    """Add the routes by which a rule is tried and changed."""

    async def try_rule(key: str, body: Trial, by: ByOperator, stack: InStack) -> dict[str, Any]:
        now = utcnow()
        async with stack.db.reading() as session:
            found = await trying.tried(
                session, by.actor, key, body.change(), community=by.community, value=body.value,
                now=now,
            )  # fmt: skip
        return _told(found, by.t, one_value=body.value is not None)

    async def change_rule(
        key: str, body: Changed, by: ByOperator, stack: InStack
    ) -> dict[str, Any]:
        now = utcnow()

        async def work(session: Session) -> int:
            return await trying.changed(
                session, by.actor, key, body.change(), community=by.community, seen=body.version,
                now=now,
            )  # fmt: skip

        return {"version": await stack.db.run(work)}

    try_rule.__doc__ = "Try a rule without writing anything."
    change_rule.__doc__ = "Put a version of a rule in force."
    router.post("/rules/{key}/try", **asks(Permission.RULES_READ))(try_rule)
    router.put("/rules/{key}", **asks(Permission.RULES_WRITE))(change_rule)


def _told(found: Tried, t: Translator, *, one_value: bool) -> dict[str, Any]:
    if one_value:
        return {"said": t("trial-rings") if found.alarms else t("trial-quiet"), "lines": []}
    lines = [
        t("trial-line", device=one.name, began=f"{local(one.began):%m-%d %H:%M}",
          ended=f"{local(one.ended):%m-%d %H:%M}" if one.ended else t("trial-still"))
        for one in found.alarms[:_SHOWN]
    ]  # fmt: skip
    said = t("trial-said", devices=found.devices, alarms=len(found.alarms))
    return {"said": said, "lines": lines}
