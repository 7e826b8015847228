"""Whom to telephone about a ticket and what to mind, in words."""

from typing import Any

from core.i18n import Translator
from services.field import Brief


def people_in_words(found: Brief, t: Translator) -> dict[str, Any]:
    """Write people, those who help them, and their conditions."""
    return {
        "people": [
            {"part": t(f"part-{one.part.value}"), "name": one.name, "phone": one.phone}
            for one in found.people
        ],
        "helpers": [
            {"name": name, "phone": phone, "key": key} for name, phone, key in found.helpers
        ],
        "conditions": [
            {
                "name": name,
                "says": [t(f"group-{one}") for one in groups] + [t(f"need-{one}") for one in needs],
            }
            for name, groups, needs in found.conditions
            if groups or needs
        ],
    }
