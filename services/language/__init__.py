"""Understanding: from a text to an intent, a confidence and slots."""

from core.actor import Role
from services.language.commands import intent_of
from services.language.understanding import Understanding

__all__ = ["Understanding", "understand"]


def understand(text: str, role: Role, *, lang: str) -> Understanding:  # noqa: ARG001
    """Tell what a text means to a person in this role."""
    intent = intent_of(text)
    return Understanding(intent or "unknown", 1.0 if intent else 0.0)
