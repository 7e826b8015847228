"""Which intents there are, and whose they are."""

from collections.abc import Iterable

from core.actor import Role

COMMON = ("help", "human", "emergency", "language", "privacy", "smalltalk")
RESIDENT = (
    "find_shop", "browse_circle", "list_activities", "join_activity", "leave_activity",
    "my_activities", "check_in", "points_balance", "points_history", "list_rewards", "redeem",
    "report_problem", "report_status", "elder_status", "bind_elder", "set_away", "end_away",
    "bind_home", "announcements", "request_device",
)  # fmt: skip
WORKER = (
    "my_tickets", "resident_lookup", "elder_record", "device_status", "visit_plan",
    "record_visit", "duty_on", "duty_off", "ticket_ack", "ticket_arrive", "ticket_transfer",
    "ticket_help", "ticket_resolve",
)  # fmt: skip
MERCHANT = ("confirm_redemption", "settlement")
UNKNOWN = "unknown"
ALL = (*COMMON, *RESIDENT, *WORKER, *MERCHANT)

# Operators work in the command centre; in the chat they may ask what a worker may.
OF_ROLE = {
    Role.RESIDENT: RESIDENT,
    Role.FAMILY: RESIDENT,
    Role.ELDER: RESIDENT,
    Role.WORKER: WORKER,
    Role.OPERATOR: WORKER,
    Role.MERCHANT: MERCHANT,
}
_MAIN = (Role.WORKER, Role.OPERATOR, Role.MERCHANT, Role.FAMILY, Role.ELDER, Role.RESIDENT)


def of_roles(*roles: Role) -> tuple[str, ...]:
    """List what the model may guess in these roles; family and elder use the resident's.

    Danger is no guess: services/language/emergency.py finds it, or nobody does.
    """
    own = dict.fromkeys(intent for role in roles for intent in OF_ROLE.get(role, RESIDENT))
    return (*(intent for intent in COMMON if intent != "emergency"), *own)


def main_role(roles: Iterable[Role]) -> Role:
    """Pick the role in which somebody with several is spoken to; a stranger is a resident."""
    held = frozenset(roles)
    return next((role for role in _MAIN if role in held), Role.RESIDENT)
