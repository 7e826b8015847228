"""The tests; a regular package, so that no installed `tests` takes its name."""
