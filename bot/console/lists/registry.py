"""Every list of the command centre, in the order of its navigation."""

from collections.abc import Mapping

from bot.console.lists import delivery, duty, figures, people, practice, staff
from bot.console.lists.shape import Listing

LISTS: Mapping[str, Listing] = {
    one.name: one
    for one in (
        people.PEOPLE,
        people.DEVICES,
        duty.ROTA,
        duty.SHIFTS,
        duty.DAYS_OFF,
        duty.SWAPS,
        duty.HOURS,
        practice.DRILLS,
        practice.BELL,
        figures.FIGURES,
        delivery.UNDELIVERED,
        delivery.UNREACHABLE,
        staff.ACCOUNTS,
        staff.ROLES,
        staff.WALLS,
        staff.ACCESS,
    )
}
