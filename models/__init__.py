"""The tables; importing this package fills the metadata that Alembic compares with."""

from models.area import Building, Community, Grid, Home, HomeUse, Street
from models.devices import (
    DeadLetter,
    Device,
    DeviceKind,
    DevicePresence,
    DeviceState,
    Reading,
    Rule,
    UnknownDevice,
)
from models.messages import (
    Button,
    Conversation,
    Heartbeat,
    Inbound,
    MailboxCounter,
    MailboxItem,
    Outbox,
)
from models.people import (
    ChannelAccount,
    Credential,
    DemoPersona,
    FamilyLink,
    LoginTicket,
    Membership,
    Person,
    Residence,
    Shift,
    WebSession,
)
from models.points import (
    Account,
    AccountKind,
    CodeEntry,
    Posting,
    Reason,
    Redemption,
    RedemptionState,
    Reward,
    Transfer,
)
from models.shops import Datum, Shop, ShopMark
from models.tickets import (
    Happened,
    Media,
    Part,
    Severity,
    Status,
    Ticket,
    TicketCard,
    TicketEvent,
)

__all__ = [
    "Account", "AccountKind", "Building", "Button", "ChannelAccount", "CodeEntry", "Community", "Conversation", "Credential",
    "Datum", "DeadLetter", "DemoPersona", "Device", "DeviceKind", "DevicePresence", "DeviceState", "FamilyLink", "Grid",
    "Happened", "Heartbeat", "Home", "HomeUse", "Inbound", "LoginTicket", "MailboxCounter",
    "MailboxItem", "Media", "Membership", "Outbox", "Part", "Person", "Posting", "Reading", "Reason", "Redemption", "RedemptionState", "Residence", "Reward",
    "Rule", "Severity", "Shift", "Shop", "ShopMark", "Status", "Street", "Ticket", "TicketCard", "TicketEvent", "Transfer",
    "UnknownDevice", "WebSession",
]  # fmt: skip
