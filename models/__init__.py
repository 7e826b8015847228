"""The tables; importing this package fills the metadata that Alembic compares with."""

from models.area import Building, Community, Grid, Home, HomeUse, Street
from models.devices import (
    Comparison,
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
    IntakeMark,
    ItemOp,
    MailboxCounter,
    MailboxItem,
    Outbox,
    OutboxKind,
    OutboxState,
)
from models.people import (
    ChannelAccount,
    Credential,
    DemoPersona,
    Duty,
    FamilyLink,
    LoginTicket,
    Membership,
    Person,
    Residence,
    SessionKind,
    Shift,
    WebSession,
)
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
    "Building", "Button", "ChannelAccount", "Community", "Comparison", "Conversation",
    "Credential", "DeadLetter", "DemoPersona", "Device", "DeviceKind", "DevicePresence",
    "DeviceState", "Duty", "FamilyLink", "Grid", "Happened", "Heartbeat", "Home", "HomeUse",
    "Inbound", "IntakeMark", "ItemOp", "LoginTicket", "MailboxCounter", "MailboxItem", "Media",
    "Membership", "Outbox", "OutboxKind", "OutboxState", "Part", "Person", "Reading",
    "Residence", "Rule", "SessionKind", "Severity", "Shift", "Status", "Street", "Ticket",
    "TicketCard", "TicketEvent", "UnknownDevice", "WebSession",
]  # fmt: skip
