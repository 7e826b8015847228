"""Lists of the command centre: their rows, read page by page, by whoever may."""
