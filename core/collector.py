"""Python's collector of cycles, kept off what never becomes garbage."""

import gc

_NEW_OBJECTS = 20_000  # a turn or a batch makes thousands, and none of them are cycles


def spare() -> None:
    """Leave what a process has loaded alone from now on, and look at new objects less often.

    A full collection of a process of ours stops it for 100 ms. Call once, when all is loaded.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 100)
