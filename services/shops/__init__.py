"""Shops of the ten-minute circle: what they are called, where they are, when they are open."""
