"""Every list of the command centre, in the order of its navigation."""

from collections.abc import Mapping

from bot.console.lists import delivery, people
from bot.console.lists.shape import Listing

LISTS: Mapping[str, Listing] = {
    one.name: one
    for one in (
        people.PEOPLE,
        people.DEVICES,
        delivery.UNDELIVERED,
        delivery.UNREACHABLE,
    )
}
