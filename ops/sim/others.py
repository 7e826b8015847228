"""What others said for the simulated devices, so that nobody's word is talked over."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from core.errors import DecodeError
from devices import community_of, decode, own, speaker_of
from ops.sim.plan import Message, Metrics, Simulated


class Others:
    """Remembers, for the length of a run, which metrics of which devices are somebody else's.

    A device whose presence somebody else announces, or whose last message can't be read, falls
    silent altogether: any word of ours would bring it back or make it readable.
    """

    def __init__(self, devices: Iterable[Simulated]) -> None:
        self._devices: dict[tuple[str, str], Simulated] = {}
        for device in devices:
            self._devices[device.source, device.external] = device
            # On our own topics any device may be spoken for by its id.
            self._devices[own.SOURCE, str(device.id)] = device
        self._sent: Counter[Message] = Counter()
        self._taken: set[tuple[UUID, str]] = set()
        self._silent: set[UUID] = set()

    def sending(self, message: Message) -> None:
        """Expect to hear this message once as our own."""
        self._sent[message] += 1

    def reconnected(self) -> None:
        """Forget what was on its way: the broker will not echo it any more."""
        self._sent.clear()

    def hear(self, message: Message, now: datetime) -> None:
        """Take note of a message, unless it is the echo of our own."""
        if self._sent[message]:
            self._sent[message] -= 1
            return
        del self._sent[message]
        device = self._speaker(message.topic)
        if device is None:
            return
        try:
            said = decode(message.topic, message.payload, now)
        except DecodeError:
            self._silent.add(device.id)
            return
        for reading in said.readings + said.gateways:
            self._taken.add((device.id, reading.metric))
            if reading.metric == "online":
                self._silent.add(device.id)

    def leave(self, device: Simulated, metrics: Metrics) -> Metrics:
        """Keep of these metrics what nobody else reports."""
        if device.id in self._silent:
            return {}
        return {
            metric: value
            for metric, value in metrics.items()
            if (device.id, metric) not in self._taken
        }

    def _speaker(self, topic: str) -> Simulated | None:
        speaker = speaker_of(topic)
        if speaker is None:
            return None
        device = self._devices.get((speaker[0], _plain_id(speaker[1])))
        if device is not None and community_of(topic) in {None, device.community}:
            return device
        return None


def _plain_id(name: str) -> str:
    """Write an id as we do, however the sender wrote it; other names stay as they are."""
    try:
        return str(UUID(name))
    except ValueError:
        return name
