"""Every list of the command centre, in the order of its navigation."""

from collections.abc import Mapping

from bot.console.lists import (
    decisions,
    delivery,
    duty,
    figures,
    homes,
    offers,
    people,
    practice,
    settings,
    shops,
    staff,
)
from bot.console.lists.shape import Listing

LISTS: Mapping[str, Listing] = {
    one.name: one
    for one in (
        people.PEOPLE,
        homes.FLATS,
        homes.BUILDINGS,
        people.DEVICES,
        homes.GATEWAYS,
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
        delivery.CHANNELS,
        offers.SHOPS,
        shops.REPORTS,
        shops.MISSES,
        offers.ACTIVITIES,
        decisions.ATTENDANCES,
        offers.REWARDS,
        offers.MERCHANTS,
        settings.RULES,
        decisions.LIMITS,
        settings.POLICIES,
        staff.ACCOUNTS,
        staff.ROLES,
        staff.WALLS,
        staff.ACCESS,
    )
}
