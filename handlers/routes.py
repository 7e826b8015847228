"""The table: trigger → handler. Buttons by action id, words by intent."""

from collections.abc import Awaitable, Callable

from core.act import Act
from handlers import (
    accounts,
    activities,
    away,
    care,
    devices,
    emergency,
    flow,
    glass,
    guide,
    people,
    points,
    privacy,
    redeem,
    shops,
    talk,
    tickets,
)
from handlers.context import Context, Pressed

OnClick = Callable[[Context, Pressed], Awaitable[list[Act]]]
OnIntent = Callable[[Context], Awaitable[list[Act]]]

CLICKS: dict[str, OnClick] = {
    "ticket.ack": tickets.acknowledge,
    "ticket.arrive": tickets.arrive,
    "ticket.resolve": tickets.resolve_ticket,
    "ticket.show": tickets.show,
    "ticket.contact": emergency.contact,
    "safe.yes": care.yes,
    "safe.no": care.no,
    "safe.how": care.how,
    "safe.undo": care.undo,
    "away.who": away.who,
    "away.days": away.days,
    "away.confirm": away.confirm,
    "away.drop": away.drop,
    "away.end": away.ended,
    "emergency.open": emergency.opened,
    "emergency.withdraw": emergency.withdrawn,
    "handover.choose": people.choose,
    "handover.end": people.end,
    "flow.answer": flow.clicked,
    "activity.show": activities.show,
    "activity.more": activities.more,
    "activity.join": activities.join,
    "activity.ask_leave": activities.ask_leave,
    "activity.leave": activities.leave,
    "activity.attendance": activities.show_attendance,
    "activity.approve": activities.approve,
    "language.set": guide.set_language,
    "contact.share": accounts.ask_number,
    "shop.show": shops.show,
    "shop.more": shops.more,
    "privacy.looks": privacy.looked,
    "privacy.more": privacy.more,
    "points.more": points.more_history,
    "reward.choose": redeem.choose,
    "reward.more": points.more_offers,
    "redeem.hold": redeem.hold,
    "redeem.cancel": redeem.cancel,
    "redeem.confirm": redeem.confirm,
    "redeem.refuse": redeem.refuse,
}

# Understood, but not here yet: said plainly, with a way to a person.
NOT_YET = (
    "check_in", "report_problem", "report_status", "bind_elder",
    "bind_home", "announcements", "resident_lookup", "elder_record", "visit_plan",
    "record_visit", "ticket_transfer", "settlement",
)  # fmt: skip

INTENTS: dict[str, OnIntent] = {
    "help": guide.help_menu,
    "human": people.human,
    "emergency": emergency.said,
    "language": guide.language,
    "privacy": privacy.privacy,
    "smalltalk": guide.smalltalk,
    "list_activities": activities.listing,
    "join_activity": activities.begin_join,
    "leave_activity": activities.begin_leave,
    "my_activities": activities.mine,
    "approve_attendance": activities.to_approve,
    "set_away": away.begin,
    "end_away": away.end,
    "safe_yes": care.yes_in_words,
    "safe_no": care.no_in_words,
    "break_glass": glass.begin,
    "cancel": talk.nothing_to_cancel,
    "more": talk.nothing_more,
    "elder_status": talk.home_status,
    "find_shop": shops.find_shop,
    "browse_circle": shops.browse_circle,
    "my_tickets": tickets.mine,
    "ticket_ack": tickets.acknowledge_by_text,
    "ticket_arrive": tickets.arrive_by_text,
    "ticket_resolve": tickets.resolve_by_text,
    "ticket_help": tickets.ask_for_backup,
    "device_status": guide.device_status,
    "request_device": devices.request,
    "register_device": devices.register,
    "remove_device": devices.remove,
    "device_requests": devices.wishes,
    "duty_on": guide.duty_on,
    "duty_off": guide.duty_off,
    "points_balance": points.balance,
    "points_history": points.history,
    "list_rewards": points.offers,
    "redeem": redeem.begin,
    "confirm_redemption": redeem.ask_code,
    **{intent: guide.not_yet(intent) for intent in NOT_YET},
}

# The intents that a button says, in a menu or under an answer.
SAYS = {
    f"say.{intent}": intent
    for intent in (
        "help", "human", "browse_circle", "list_activities", "my_activities",
        "approve_attendance", "points_balance", "points_history", "list_rewards",
        "confirm_redemption", "elder_status", "my_tickets", "device_status", "duty_on", "duty_off",
        "register_device", "device_requests",
    )
}  # fmt: skip
