"""Who looked at whom, in words; and a person who is opened in an emergency."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from cards.ticket import at
from core.actor import CENTRE, Role
from core.card import Action, Card, Field
from core.clock import local
from core.i18n import Translator
from core.ids import uuid7
from services.glass_notices import Notice
from services.language.intents import main_role
from services.looks import Entry
from services.permissions import Permission
from services.records import Record

# What the log may name; anything else is told as something that was done.
TOLD = frozenset(
    {
        Permission.PEOPLE_FIND, Permission.PEOPLE_READ, Permission.PEOPLE_WRITE,
        Permission.HOMES_READ, Permission.HOMES_WRITE, Permission.BINDINGS_DECIDE,
        Permission.FAMILY_DECIDE, Permission.PROXY_ACT, Permission.GLASS_BREAK,
        Permission.TABLES_IMPORT, Permission.TABLES_EXPORT, Permission.ACCESS_READ,
        Permission.CONSOLE_ENTER, Permission.ACCOUNTS_MAKE, Permission.ACCOUNTS_RESET,
        Permission.ROLES_GRANT, Permission.WALLS_MAKE,
    }
)  # fmt: skip
_TABLES = frozenset({Permission.TABLES_IMPORT, Permission.TABLES_EXPORT})
_ROLES = frozenset(Role)
# Roles of the command centre that nobody has in the chat.
_APART = CENTRE - {Role.OPERATOR}


def looks(
    found: Sequence[Entry], more: Entry | None, elders: Mapping[UUID, str], t: Translator, *,
    person: UUID, name: str,
) -> Card:  # fmt: skip
    """List who looked at somebody, newest first; `name` is empty for oneself.

    `elders` are the relatives about whom the reader may ask too.
    """
    actions = [
        Action("privacy.looks", t("action-looks-of", name=called), args={"person": str(elder)})
        for elder, called in elders.items()
        if elder != person
    ]
    if more is not None:
        args = {"person": str(person), "at": more.at.isoformat(), "number": more.number}
        actions.insert(0, Action("privacy.more", t("action-more"), args=args))
    title = t("looks-title-of", name=name) if name else t("looks-title")
    return Card(
        key=f"looks:{uuid7()}",
        title=title,
        summary=t("looks-next") if found else t("looks-none"),
        fields=tuple(Field(_moment(one.at, t), look(one, t)) for one in found),
        actions=(*actions, Action("say.human", t("intent-human"))),
        tone="info",
    )


def look(one: Entry, t: Translator) -> str:
    """Say one entry as a sentence, with its reason where one was given.

    What is kept beside a table that came in or went out is its kind, a code and no reason.
    """
    if one.action == Permission.ROLES_GRANT:
        return _role(one, t)
    deed = one.action.replace(".", "_") if one.action in TOLD else "other"
    said = t(f"look-{deed}", who=who(one, t), count=one.how_many)
    if one.stood_for:
        said = t("look-for", look=said, name=one.stood_for)
    if not one.reason or one.action in _TABLES:
        return said
    return t("look-because", look=said, reason=one.reason)


def _role(one: Entry, t: Translator) -> str:
    """Say that a role was given, or taken back, which its sign says."""
    taken = one.reason.startswith("-")
    said = t("look-roles_taken" if taken else "look-roles_grant", who=who(one, t))
    return t("look-with-role", look=said, role=t(f"role-{one.reason.removeprefix('-')}"))


def who(one: Entry, t: Translator) -> str:
    """Name who looked, by role and name; the machine by what it is."""
    if not one.who:
        return t("look-machine")
    roles = [Role(role) for role in one.role.split(",") if role in _ROLES]
    role = next((role for role in roles if role in _APART), None) or main_role(roles)
    return t(f"look-by-{role.value}", name=one.who)


def record(seen: Record, until: datetime, t: Translator) -> Card:
    """Show somebody who was opened, with telephones to dial."""
    fields = [
        Field(t("field-place"), seen.place),
        Field(t("field-phone"), seen.phone or t("contact-no-phone")),
    ]
    if seen.groups:
        groups = t("word-list").join(t(f"group-{group}") for group in seen.groups)
        fields.append(Field(t("field-groups"), groups))
    for one in seen.helpers:
        called = t("helper", name=one.name, relation=one.relation or t("helper-contact"))
        key = t("helper-key", helper=called) if one.key else called
        fields.append(Field(key, one.phone or t("contact-no-phone")))
    dial = [(seen.name, seen.phone), *((one.name, one.phone) for one in seen.helpers)]
    return Card(
        key=f"record:{uuid7()}",
        title=seen.name,
        summary=t("glass-noted", time=f"{local(until):%H:%M}"),
        fields=tuple(fields),
        actions=tuple(
            Action("call", t("action-phone", name=name), url=f"tel:{phone}")
            for name, phone in dial
            if phone
        ),
        tone="warning",
    )


def broken(one: Notice, t: Translator) -> Card:
    """Tell whoever is to know that somebody was opened in an emergency, by whom and why."""
    return Card(
        key=f"glass:{one.id}",
        title=t(f"glass-told-{one.part}", name=one.name, place=one.place, who=one.who),
        summary=t("glass-told-next"),
        fields=(
            Field(t("field-time"), at(one.at)),
            Field(t("field-reason"), one.reason),
        ),
        actions=(Action("say.human", t("intent-human")),),
        tone="warning",
    )


def _moment(moment: datetime, t: Translator) -> str:
    here = local(moment)
    day = t(f"weekday-{here.weekday()}")
    return t("date-and-time", month=here.month, day=here.day, weekday=day, time=f"{here:%H:%M}")
