"""The vendor-free card: what a person is shown, with mandatory fallback text."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Self

Tone = Literal["danger", "warning", "success", "info", "neutral"]
Style = Literal["primary", "danger", "default"]


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled line of a card."""

    label: str
    value: str

    def written(self) -> str:
        """Write the line as text, with the colon of the label's script."""
        return f"{self.label}{': ' if self.label.isascii() else '：'}{self.value}"


@dataclass(frozen=True, slots=True)
class Action:
    """One button: a token to click (minted when the card is sent) or a url to open, never both."""

    id: str
    label: str
    style: Style = "default"
    token: str | None = None
    url: str | None = None
    args: dict[str, Any] = field(default_factory=dict)

    def written(self) -> str:
        """Write the button as text: a link with its address, a number to dial without `tel:`."""
        where = (self.url or "").removeprefix("tel:")
        return self.label if where in self.label else f"{self.label} {where}"


@dataclass(frozen=True, slots=True)
class Card:
    """A message with buttons; `key` stays the same over all versions of the same thing."""

    key: str
    title: str
    summary: str = ""
    fields: tuple[Field, ...] = ()
    actions: tuple[Action, ...] = ()
    tone: Tone = "neutral"
    version: int = 1
    ticket: str | None = None

    @property
    def once(self) -> bool:
        """Tell a sentence, said once, from what may come again in a newer version."""
        return self.key.startswith("say:")

    def public(self) -> dict[str, Any]:
        """Return the card as the JSON of the chat API; lists are never null."""
        data = asdict(self)
        for action in data["actions"]:
            del action["args"]
        return data

    def stored(self) -> dict[str, Any]:
        """Return the card as JSON with the actions' arguments, for the outbox."""
        return asdict(self)

    @classmethod
    def load(cls, data: dict[str, Any]) -> Self:
        """Read back what `stored` wrote."""
        parts = {
            "fields": tuple(Field(**item) for item in data["fields"]),
            "actions": tuple(Action(**item) for item in data["actions"]),
        }
        return cls(**{**data, **parts})

    def with_tokens(self, tokens: list[str | None]) -> Self:
        """Return the card with these tokens on its actions, in order."""
        actions = zip(self.actions, tokens, strict=True)
        return replace(self, actions=tuple(replace(a, token=token) for a, token in actions))

    def fallback(self) -> str:
        """Say the whole card in plain text, buttons as numbers, for channels without cards."""
        lines = [self.title, self.summary, *(f.written() for f in self.fields)]
        # A link takes no number: to type it would lead nowhere.
        lines += [
            action.written() if action.url is not None else f"{number} {action.written()}"
            for number, action in enumerate(self.actions, 1)
        ]
        return "\n".join(line for line in lines if line)
