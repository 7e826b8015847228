"""The figures for Prometheus; never labelled by device or person."""

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30)

ALARM_TO_CARD = Histogram(
    "alarm_to_card_seconds", "From the alarm's commit to the card shown", buckets=_FAST
)
MESSAGES = Counter("device_messages_total", "Device messages stored and acknowledged")
DEAD_LETTERS = Counter("dead_letters_total", "Device messages that could not be read or applied")
UNKNOWN_KEYS = Counter("unknown_keys_total", "Keys in device messages that nobody understood")
WRONG_CLOCKS = Counter("wrong_clocks_total", "Device messages whose clock could not be right")
BATCH_SIZE = Histogram(
    "device_batch_size", "Messages in a batch", buckets=(1, 2, 5, 10, 50, 100, 500, 1000)
)
OUTBOX_LAG = Gauge("outbox_lag_seconds", "Age of the oldest card that was last due")
SENDS = Counter("sends_total", "Calls to vendors by outcome", ["channel", "outcome"])
SSE_CLIENTS = Gauge("sse_clients", "Chats and maps that are followed live")
