"""The table: trigger → handler. Buttons by action id, words by intent."""

from collections.abc import Awaitable, Callable

from core.act import Act
from handlers import flow, points, redeem, shops, talk, tickets
from handlers.context import Context, Pressed

OnClick = Callable[[Context, Pressed], Awaitable[list[Act]]]
OnIntent = Callable[[Context], Awaitable[list[Act]]]

CLICKS: dict[str, OnClick] = {
    "ticket.ack": tickets.acknowledge,
    "ticket.arrive": tickets.arrive,
    "ticket.resolve": tickets.resolve_ticket,
    "ticket.show": tickets.show,
    "flow.answer": flow.clicked,
    "shop.show": shops.show,
    "shop.more": shops.more,
    "points.more": points.more_history,
    "reward.choose": redeem.choose,
    "reward.more": points.more_offers,
    "redeem.hold": redeem.hold,
    "redeem.cancel": redeem.cancel,
    "redeem.confirm": redeem.confirm,
    "redeem.refuse": redeem.refuse,
}

INTENTS: dict[str, OnIntent] = {
    "help": talk.help_menu,
    "unknown": talk.unknown,
    "cancel": talk.nothing_to_cancel,
    "skip": talk.unknown,
    "elder_status": talk.home_status,
    "find_shop": shops.find_shop,
    "browse_circle": shops.browse_circle,
    "my_tickets": tickets.mine,
    "ticket_ack": tickets.acknowledge_by_text,
    "ticket_arrive": tickets.arrive_by_text,
    "ticket_resolve": tickets.resolve_by_text,
    "points_balance": points.balance,
    "points_history": points.history,
    "list_rewards": points.offers,
    "redeem": redeem.begin,
    "confirm_redemption": redeem.ask_code,
}

# A menu's button says an intent.
SAYS = {
    "say.help": "help",
    "say.my_tickets": "my_tickets",
    "say.home_status": "elder_status",
    "say.browse_circle": "browse_circle",
    "say.points_history": "points_history",
    "say.list_rewards": "list_rewards",
}
