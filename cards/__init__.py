"""A domain object and a translator become a Card: words, never rules."""
