"""The HTTP process: webhooks, web chat, device pushes, command centre."""
