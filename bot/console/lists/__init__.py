"""Lists and forms of the command centre: each is declared once, the pages and routes follow from it."""
