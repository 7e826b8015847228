"""The tables; importing this package fills the metadata that Alembic compares with."""

from models.access import AccessEntry, AccessHead, BrokenGlass
from models.accounts import (
    Credential,
    LoginCount,
    LoginTicket,
    Purpose,
    RecoveryCode,
    SessionKind,
    WallScreen,
    WebSession,
)
from models.activities import Activity, ActivityStatus, Enrolment, EnrolmentStatus
from models.area import Building, Community, Grid, Home, HomeUse, Street
from models.calls import CallKind, Emergency, Handover, HandoverMessage, Side
from models.care import Away, AwayEnd, How, SafetyAnswer, Silence, SilenceKind, Suppression
from models.channels import (
    AccessToken,
    ChannelPause,
    LastCard,
    LinkCode,
    MessageWindow,
    NoticeConsent,
    PaceMark,
    VendorMessage,
)
from models.desk import Mute, WatchHandover
from models.devices import (
    DeadLetter,
    Device,
    DeviceKind,
    DevicePresence,
    DeviceRequest,
    DeviceState,
    Installation,
    Reading,
    Stage,
    UnknownDevice,
    UnknownKey,
    WrongClock,
)
from models.duty import DayOff, Policy, Relief, Rota, Swap
from models.households import Binding, BindingKind, BindingState, Contact, Invitation, Proxy
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
    DemoPersona,
    Duty,
    FamilyLink,
    Membership,
    Person,
    Residence,
    Shift,
    Standing,
    Team,
    TeamMember,
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
from models.rules import Comparison, DeviceScope, Rule, RuleKind, RuleProposal, RuleScope, RuleState
from models.shops import (
    Datum,
    ReportState,
    Shop,
    ShopFault,
    ShopMark,
    ShopMiss,
    ShopReport,
    ShopWord,
)
from models.tables import ImportMapping
from models.tickets import (
    Baseline,
    Drill,
    DrillDevice,
    Happened,
    Media,
    Part,
    Severity,
    Snapshot,
    Status,
    Ticket,
    TicketCard,
    TicketEvent,
)

__all__ = [
    "AccessEntry", "AccessHead", "AccessToken", "Account", "AccountKind", "Activity",
    "ActivityStatus", "Away", "AwayEnd", "Baseline", "Binding", "BindingKind", "BindingState", "BrokenGlass",
    "Building", "Button", "CallKind", "ChannelAccount", "ChannelPause", "CodeEntry", "Community",
    "Comparison", "Contact", "Conversation", "Credential", "Datum", "DayOff", "DeadLetter", "DemoPersona",
    "Device", "DeviceKind", "DevicePresence", "DeviceRequest", "DeviceScope", "DeviceState", "Drill", "DrillDevice", "Duty",
    "Emergency", "Enrolment", "EnrolmentStatus", "FamilyLink", "Grid", "Handover",
    "HandoverMessage", "Happened", "Heartbeat", "Home", "HomeUse", "How", "ImportMapping",
    "Inbound", "Installation", "IntakeMark", "Invitation", "ItemOp", "LastCard", "LinkCode",
    "LoginCount", "LoginTicket", "MailboxCounter", "MailboxItem", "Media", "Membership", "MessageWindow",
    "Mute", "NoticeConsent", "Outbox", "OutboxKind", "OutboxState", "PaceMark", "Part", "Person", "Policy", "Posting",
    "Proxy", "Purpose", "Reading", "Reason", "RecoveryCode", "Redemption", "RedemptionState", "Relief", "ReportState", "Residence", "Reward", "Rota", "Rule",
    "RuleKind", "RuleProposal", "RuleScope", "RuleState", "SafetyAnswer", "SessionKind", "Severity", "Shift",
    "Shop", "ShopFault", "ShopMark", "ShopMiss", "ShopReport", "ShopWord", "Side", "Silence", "SilenceKind", "Snapshot", "Stage", "Standing", "Status", "Street",
    "Suppression", "Swap", "Team", "TeamMember", "Ticket", "TicketCard", "TicketEvent", "Transfer",
    "UnknownDevice", "UnknownKey", "VendorMessage", "WallScreen", "WatchHandover", "WebSession", "WrongClock",
]  # fmt: skip
