"""Asyncio's tasks: a cancellation that a library has swallowed."""

import asyncio


def obey() -> None:
    """Raise CancelledError where this task was told to stop and a library lost the word.

    redis-py loses it while it connects; Python 3.11's `wait_for`, under aiomqtt's publish, when
    the awaited comes at the same moment; and the error of leaving a slow broker takes its place.
    Without this a stop would wait for ever. Call it where no TaskGroup has just been left by its
    own exit: its count of cancellations is wrong then.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
