"""Being joined to a flat or an elder: questions, requests with their buttons, codes, relatives."""

from collections.abc import Sequence

from cards.residents import relation
from cards.talk import say
from core.card import Action, Card, Field
from core.i18n import Translator
from core.ids import uuid7
from models import BindingKind, BindingState
from services import masks
from services.people.flats import Door
from services.people.requests import PAGE, Request, Wish, alike

_JOINABLE = 3


def ask_flat(places: Sequence[str], t: Translator, *, hint: str = "bind-home-ask-next") -> Card:
    """Ask where somebody lives, and say what is known."""
    known = t("word-list").join(places)
    return Card(
        key=f"bind:{uuid7()}",
        title=t("bind-home-ask"),
        summary=t(hint),
        fields=(Field(t("bind-home-now"), known),) if known else (),
        tone="info",
    )


def ask_elder(t: Translator, *, hint: str = "bind-elder-ask-next") -> Card:
    """Ask which elder is meant."""
    return Card(key=f"bind:{uuid7()}", title=t("bind-elder-ask"), summary=t(hint), tone="info")


def choose_flat(doors: Sequence[Door], t: Translator, *, exact: bool) -> Card:
    """Offer the flats that may be meant."""
    return Card(
        key=f"bind:{uuid7()}",
        title=t("flat-which" if exact else "flat-unknown"),
        summary=t("flat-choose" if exact else "flat-nearest"),
        actions=tuple(
            Action("binding.home", one.place, args={"home": str(one.home)}) for one in doors
        ),
        tone="info",
    )


def move_or_more(old: Sequence[Door], new: Door, t: Translator) -> Card:
    """Ask somebody who is registered elsewhere whether they have moved."""
    args = {"home": str(new.home)}
    return Card(
        key=f"bind:{uuid7()}",
        title=t("bind-home-moved", place=t("word-list").join(one.place for one in old)),
        summary=t("bind-home-moved-next", place=new.place),
        actions=(
            Action(
                "binding.home", t("action-moved-here"), "primary",
                args={**args, "wish": Wish.MOVE.value},
            ),
            Action("binding.home", t("action-one-more"), args={**args, "wish": Wish.JOIN.value}),
        ),
        tone="info",
    )  # fmt: skip


def still_there(old: Sequence[Door], t: Translator) -> Card:
    """Ask somebody who has come to a new flat whether they have left the old one."""
    return Card(
        key=f"bind:{uuid7()}",
        title=t("bind-home-still", place=t("word-list").join(one.place for one in old)),
        summary=t("bind-home-still-next"),
        actions=tuple(
            Action(
                "binding.home", t("action-left", place=one.place),
                args={"home": str(one.home), "wish": Wish.LEAVE.value},
            )
            for one in old
        ),
        tone="info",
    )  # fmt: skip


def asked(one: Request, t: Translator, *, told: bool) -> Card:
    """Tell the asker that it was passed on, or that nobody can be told now."""
    elder = one.kind is BindingKind.ELDER
    next_step = "bind-asked-elder-next" if elder else "bind-asked-next"
    return Card(
        key=f"bind:{uuid7()}",
        title=t("bind-asked-elder" if elder else f"bind-asked-{one.wish.value}", place=one.place),
        summary=t(next_step if told else "bind-asked-nobody"),
        actions=(_withdraw(one, t),),
        tone="info",
    )


def waits(one: Request, t: Translator) -> Card:
    """Say that an earlier request still waits."""
    elder = one.kind is BindingKind.ELDER
    return Card(
        key=f"bind:{uuid7()}",
        title=t("bind-waits-elder" if elder else "bind-waits", place=one.place),
        summary=t("bind-waits-next"),
        actions=(_withdraw(one, t),),
        tone="warning",
    )


def _withdraw(one: Request, t: Translator) -> Action:
    return Action("binding.withdraw", t("action-withdraw-binding"), args={"binding": str(one.id)})


def to_worker(one: Request, t: Translator) -> Card:
    """Show a request to a worker of the grid, with what the register says."""
    if one.kind is BindingKind.ELDER:
        return _elder_to_worker(one, t)
    args = {"binding": str(one.id)}
    fields = [Field(t("record-place"), one.place)]
    if one.registered:
        names = t("word-list").join(masks.name(who.name) for who in one.registered)
        fields.append(Field(t("binding-registered"), names))
    if alike(one):
        fields.append(Field(t("binding-note"), t("binding-same-name")))
    yes = f"action-binding-{one.wish.value}"
    actions = [Action("binding.yes", t(yes), "primary", args=args)]
    if one.state is BindingState.CONFIRMED:  # by a code: only who it is may be left open
        actions = []
    if one.wish is Wish.JOIN:
        actions += [
            Action(
                "binding.same", t("action-binding-same", name=masks.name(who.name)),
                args={**args, "person": str(who.person)},
            )
            for who in [who for who in one.registered if who.joinable][:_JOINABLE]
        ]  # fmt: skip
    if one.state is BindingState.ASKED:
        actions.append(Action("binding.no", t("action-binding-no"), "danger", args=args))
    by_code = "code" if one.state is BindingState.CONFIRMED else one.wish.value
    return Card(
        key=f"binding:{uuid7()}",
        title=t(f"binding-{by_code}", name=one.name),
        summary=t("binding-next" if one.state is BindingState.ASKED else "binding-code-next"),
        fields=tuple(fields),
        actions=tuple(actions),
        tone="warning" if one.state is BindingState.ASKED else "info",
    )


def _elder_to_worker(one: Request, t: Translator) -> Card:
    args = {"binding": str(one.id)}
    return Card(
        key=f"binding:{uuid7()}",
        title=t("binding-elder", name=one.name, elder=one.elder_name),
        summary=t("binding-elder-next"),
        fields=(
            Field(t("record-place"), one.place),
            *((Field(t("binding-relation"), relation(one.relation, t)),) if one.relation else ()),
        ),
        actions=(
            Action("binding.yes", t("action-elder-agreed"), "primary", args=args),
            Action("binding.no", t("action-elder-refused"), "danger", args=args),
        ),
        tone="warning",
    )


def to_elder(one: Request, t: Translator) -> Card:
    """Ask the elder, large and plain."""
    args = {"binding": str(one.id)}
    said = relation(one.relation, t) if one.relation else t("relation-relative")
    return Card(
        key=f"binding:{uuid7()}",
        title=t("binding-ask-elder", name=one.name, relation=said),
        summary=t("binding-ask-elder-next"),
        actions=(
            Action("binding.yes", t("action-agree"), "primary", args=args),
            Action("binding.no", t("action-disagree"), "danger", args=args),
        ),
        tone="warning",
    )


def decided(one: Request, t: Translator, *, own: bool) -> Card:
    """Tell how a request ended: the asker, or whoever decided."""
    if one.state is BindingState.REFUSED:
        words = t("binding-refused", place=one.place) if own else t("binding-refused-done")
        return say(words, summary=t("binding-refused-next") if own else "", tone="warning")
    return say(_done(one, t, own=own), tone="success")


def _done(one: Request, t: Translator, *, own: bool) -> str:
    if one.kind is BindingKind.ELDER:
        if own:
            return t("binding-elder-own", elder=one.elder_name)
        return t("binding-elder-done", elder=one.elder_name, name=one.name)
    if own:
        return t(f"binding-own-{one.wish.value}", place=one.place)
    return t("binding-done", place=one.place, name=one.name)


def requests(found: Sequence[Request], start: int, t: Translator) -> Card:
    """List the requests that wait in the worker's grids, three at a time."""
    if not found:
        return say(t("bindings-none"), tone="success")
    page = found[start : start + PAGE]
    actions = [
        Action("binding.show", t("bindings-line", place=one.place, name=masks.name(one.name)),
               args={"binding": str(one.id)})
        for one in page
    ]  # fmt: skip
    if start + PAGE < len(found):
        actions.append(Action("binding.more", t("action-more"), args={"start": start + PAGE}))
    return Card(
        key=f"bindings:{uuid7()}",
        title=t("bindings-title", count=len(found)),
        actions=tuple(actions),
        tone="info",
    )


def code(digits: str, days: int, t: Translator, *, whom: str, family: bool) -> Card:
    """Show an invitation's code in two groups that can be read aloud."""
    return Card(
        key=f"invitation:{uuid7()}",
        title=t("invitation-code", code=f"{digits[:4]} {digits[4:]}"),
        summary=t(
            "invitation-family-next" if family else "invitation-home-next", code=digits, days=days
        ),
        fields=(Field(t("invitation-for"), whom),),
        tone="info",
    )
