"""The table: trigger → handler. Buttons by action id, words by intent."""

from collections.abc import Awaitable, Callable

from core.act import Act
from handlers import (
    accounts,
    activities,
    bindings,
    devices,
    emergency,
    flow,
    glass,
    guide,
    people,
    points,
    privacy,
    proxy,
    redeem,
    residents,
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
    "resident.pick": residents.pick,
    "resident.more": residents.more,
    "resident.care": residents.care,
    "resident.change": residents.change,
    "resident.out": residents.out,
    "resident.died": residents.died,
    "contact.add": residents.add_contact,
    "contact.end": residents.end_contact,
    "binding.home": bindings.choose_home,
    "binding.withdraw": bindings.withdraw,
    "binding.show": bindings.show,
    "binding.more": bindings.more_requests,
    "binding.yes": bindings.confirm,
    "binding.no": bindings.refuse,
    "binding.same": bindings.same,
    "family.end": bindings.unlink,
    "family.relation": bindings.set_relation,
    "proxy.end": proxy.end_pressed,
}

# Understood, but not here yet: said plainly, with a way to a person.
NOT_YET = (
    "check_in", "report_problem", "report_status", "set_away", "end_away", "announcements",
    "visit_plan", "record_visit", "ticket_transfer", "settlement",
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
    "resident_lookup": residents.look_up,
    "elder_record": residents.elder_record,
    "bind_home": bindings.home,
    "bind_elder": bindings.elder,
    "moved_out": bindings.moved_out,
    "relatives": bindings.relatives,
    "binding_requests": bindings.open_requests,
    "end_proxy": proxy.end,
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
