"""Who lives where, for the grid's worker: lists with masked names, a flat's record, an elder's care."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from cards.talk import say
from core.card import Action, Card, Field
from core.i18n import Translator
from core.ids import uuid7
from services import masks
from services.people.contacts import Contact
from services.people.flats import Door
from services.people.household import Member, Record
from services.people.lookup import PAGE, Hit
from services.people.spoken import Told, words

_LIVES_AS_USUAL = "both"
_CALLS = 3


def relation(code: str, t: Translator) -> str:
    """Say whose somebody is; what is no code of ours stands as it was written."""
    return t(f"relation-{code}") if code in words()["relations"] or code == "child" else code


def needs(codes: Sequence[str], t: Translator) -> str:
    """Say needs in one line."""
    return t("word-list").join(t(f"need-{code}") for code in codes)


def listing(
    hits: Sequence[Hit], start: int, t: Translator, *, deed: str, text: str, rest: str
) -> Card:
    """List three at a time, names masked; each button goes on with what was wanted."""
    page = hits[start : start + PAGE]
    args = {"deed": deed, "text": text, "rest": rest}
    actions = [
        Action(
            "resident.pick", _line(one, t), "primary" if place == 0 else "default",
            args={**args, "home": str(one.home), "person": str(one.person or "")},
        )
        for place, one in enumerate(page)
    ]  # fmt: skip
    if start + PAGE < len(hits):
        actions.append(
            Action("resident.more", t("action-more"), args={**args, "start": start + PAGE})
        )
    return Card(
        key=f"residents:{uuid7()}",
        title=t("residents-found", count=len(hits)),
        summary=t("residents-which"),
        actions=tuple(actions),
        tone="info",
    )


def _line(one: Hit, t: Translator) -> str:
    if one.person is None:
        return t("residents-flat", place=one.place, use=t(f"use-{one.use}"))
    return t("residents-person", place=one.place, name=masks.name(one.name))


def nothing(nearest: Sequence[Door], t: Translator, *, elsewhere: bool) -> Card:
    """Say that nobody was found, and which flats are near."""
    if elsewhere:
        return say(t("residents-elsewhere"), summary=t("residents-elsewhere-next"))
    if not nearest:
        return say(t("residents-none"), summary=t("residents-none-next"))
    return Card(
        key=f"residents:{uuid7()}",
        title=t("flat-unknown"),
        summary=t("flat-nearest"),
        actions=tuple(
            Action(
                "resident.pick", one.place,
                args={"deed": "open", "text": "", "rest": "", "home": str(one.home), "person": ""},
            )
            for one in nearest
        ),
    )  # fmt: skip


def record(seen: Record, t: Translator, *, focus: UUID | None) -> Card:
    """Show a flat: people with groups, needs, contacts and keys, devices; numbers to dial."""
    fields = [Field(t("record-use"), t(f"use-{seen.door.use}"))]
    fields += [_member(one, t) for one in seen.members]
    for one in seen.members:
        fields += _details(one, t)
    if seen.devices:
        named = [t("record-device", name=n, state=t(f"state-{s}")) for n, s in seen.devices]
        fields.append(Field(t("record-devices"), t("word-list").join(named)))
    first = next((one for one in seen.members if one.person == focus), None)
    first = first or (seen.members[0] if seen.members else None)
    elder = first if first and first.elder else next((m for m in seen.members if m.elder), None)
    actions = [*_care(elder, t), *_change(first, seen, t)]
    for one in seen.members:
        actions += _calls(one, t)
    return Card(
        key=f"record:{uuid7()}",
        title=seen.door.place,
        summary="" if seen.members else t("record-nobody"),
        fields=tuple(fields),
        actions=tuple(actions),
        tone="info",
    )


def _member(one: Member, t: Translator) -> Field:
    marks = [t(f"group-{code}") for code in one.groups]
    if one.standing != _LIVES_AS_USUAL:
        marks.append(t(f"standing-{one.standing}"))
    label = relation(one.relation, t) if one.relation else t("record-lives")
    if not marks:
        return Field(label, one.name)
    return Field(label, t("record-member", name=one.name, marks=t("word-list").join(marks)))


def _details(one: Member, t: Translator) -> Iterator[Field]:
    if one.needs:
        yield Field(t("record-needs-of", name=one.name), needs(one.needs, t))
    for contact in one.contacts:
        label = "record-key-of" if contact.key_holder else "record-contact-of"
        yield Field(t(label, name=one.name), contact_line(contact, t))


def contact_line(one: Contact | Told, t: Translator) -> str:
    """Write a contact in one line."""
    phone = one.phone or t("contact-no-phone")
    if not one.relation:
        return t("contact-line", name=one.name, phone=phone)
    said = relation(one.relation, t)
    return t("contact-line-relation", name=one.name, phone=phone, relation=said)


def _calls(one: Member, t: Translator) -> list[Action]:
    known = [(one.name, one.phone), *((c.name, c.phone) for c in one.contacts)]
    return [
        Action("call", t("action-phone", name=name), url=f"tel:{phone}")
        for name, phone in known
        if phone
    ][:_CALLS]


def _care(elder: Member | None, t: Translator) -> list[Action]:
    if elder is None:
        return []
    label = t("action-care", name=elder.name)
    return [Action("resident.care", label, args={"person": str(elder.person)})]


def _change(first: Member | None, seen: Record, t: Translator) -> list[Action]:
    if first is None:
        return []
    args = {"person": str(first.person), "home": str(seen.door.home)}
    return [Action("resident.change", t("action-change", name=first.name), args=args)]


def care(one: Member, place: str, t: Translator) -> Card:
    """Show what a worker must know before visiting an elder."""
    fields = [Field(t("record-place"), place)]
    if one.groups:
        fields.append(
            Field(t("record-groups"), t("word-list").join(t(f"group-{g}") for g in one.groups))
        )
    fields += _details(one, t)
    ends = [
        Action(
            "contact.end", t("action-end-contact", name=contact.name),
            args={"contact": str(contact.id), "name": contact.name},
        )
        for contact in one.contacts
    ]  # fmt: skip
    return Card(
        key=f"care:{uuid7()}",
        title=t("care-title", name=one.name),
        summary=t("care-next"),
        fields=tuple(fields),
        actions=(*_calls(one, t), *ends),
        tone="info",
    )


def confirm(title: str, summary: str, action: Action) -> Card:
    """Ask once more, with the consequence."""
    return Card(
        key=f"sure:{uuid7()}", title=title, summary=summary, actions=(action,), tone="warning"
    )


def changes(name: str, args: dict[str, Any], t: Translator) -> Card:
    """Offer what may have changed in somebody's life."""
    return Card(
        key=f"change:{uuid7()}",
        title=t("change-title", name=name),
        actions=(
            Action("resident.out", t("action-moved-out"), args=args),
            Action("resident.died", t("action-died"), args=args),
        ),
        tone="info",
    )
