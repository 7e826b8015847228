"""Understanding: from a text to an intent."""
