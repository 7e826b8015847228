"""Tickets: how they open, who is told, how they are answered, escalated and closed."""
