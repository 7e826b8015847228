"""One package per chat channel: parse, render, send."""
