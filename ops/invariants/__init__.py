"""What must always hold, by subject: a sentence, and SQL that finds what breaks it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """A sentence that must hold, and the rows that break it (id first)."""

    name: str
    says: str
    broken: str
