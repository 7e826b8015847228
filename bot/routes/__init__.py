"""HTTP for people and probes: the web chat, pages, health, the demo's panel."""
