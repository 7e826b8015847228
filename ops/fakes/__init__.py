"""Honest fakes of the vendors: they enforce the vendors' rules and show what a phone would show."""
