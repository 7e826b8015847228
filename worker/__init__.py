"""The background process: broker, outbox, schedule."""
