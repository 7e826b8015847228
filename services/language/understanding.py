"""What was understood: the interface between words and handlers."""

from dataclasses import dataclass, field
from typing import Any

Choices = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text means to a person in a role.

    `intent` is `unknown` where the text is below the gate; `choices` are the three likeliest
    intents all the same, best first. `slots` hold only what the text itself says.
    """

    intent: str
    confidence: float
    slots: dict[str, Any] = field(default_factory=dict)
    choices: Choices = ("help", "human", "smalltalk")
