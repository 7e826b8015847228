"""The command centre's API; no SQL here."""
