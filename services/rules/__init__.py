"""Alarm rules: what they look for (pure), what they remember (SQL), who may change them."""
