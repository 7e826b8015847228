"""WeChat Work: cards with buttons for workers, changed in place while a code for it is left."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx

from channels.wecom.client import DUPLICATE_TASK, Client
from channels.wecom.render import Rendered, template_card, text_message
from core.clock import utcnow
from core.errors import Halted, Permanent, Unreachable
from core.ports import Outgoing, Pace, Receipt, Tokens, Window
from core.settings import Wecom

# The vendor drops in silence what is beyond 30 a minute and 1,000 an hour to one member; the
# room below allows for its clock and ours.
_A_MINUTE, _AN_HOUR = 28, 950
# The vendor counts messages to people, all of an application's together; edits count here too.
_A_DAY, _DAY_S = 200, 86_400
_CODE_LIVES = timedelta(hours=71, minutes=50)  # the vendor says 72 h
_DUPLICATE_S = 1800


class WecomChannel:
    """One application of WeChat Work."""

    name = "wecom"
    edits = True
    abroad = False
    idempotent = True  # a card by its task_id, a text by the vendor's duplicate check
    windows: Mapping[str, Window] = {}
    consent_template = ""

    def __init__(
        self,
        settings: Wecom,
        tokens: Tokens,
        http: httpx.AsyncClient | None = None,
        *,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self.settings = settings
        self._client = Client(settings, tokens, http)
        self._clock = clock

    def paces(self, to: str) -> Sequence[Pace]:
        """List the limits per member, whom the buckets do not tell, and the application's day."""
        member = hashlib.sha256(to.casefold().encode()).hexdigest()[:16]
        return (
            Pace(f"wecom:{member}:m", _A_MINUTE, 60),
            Pace(f"wecom:{member}:h", _AN_HOUR, 3600),
            Pace("wecom:day", self.settings.accounts * _A_DAY, _DAY_S),
        )

    async def send(self, message: Outgoing) -> Receipt:
        """Send a card, as text when it has no buttons; the same reference shows one message.

        A task_id that the vendor knows already means that an earlier try arrived; its code for
        an edit is lost then.
        """
        if "|" in message.to or message.to.startswith("@"):
            raise Permanent("not one member")
        buttons = any(one.token for one in message.card.actions)
        shown = template_card(message) if buttons else text_message(message)
        body = {"touser": message.to, "agentid": self.settings.agent_id, **shown.body}
        if not buttons:
            body |= {"enable_duplicate_check": 1, "duplicate_check_interval": _DUPLICATE_S}
        accept = {DUPLICATE_TASK} if buttons else ()
        answer = await self._client.post("message/send", body, accept=accept)
        _reached(answer, message.to)
        return self._receipt(message, shown, answer)

    async def edit(self, message: Outgoing, receipts: Sequence[Receipt]) -> Receipt | None:
        """Replace a sent card by the newest code that the vendor still takes.

        A refused code (used, too old) costs a call and the next one is tried. The receipt that
        comes back holds the next code where one is left.
        """
        codes = self._usable(receipts)
        shown = template_card(message)
        for place, receipt in enumerate(codes):
            try:
                answer = await self._client.post(
                    "message/update_template_card",
                    {
                        "userids": [message.to],
                        "agentid": self.settings.agent_id,
                        "response_code": receipt["code"],
                        "template_card": shown.card,
                    },
                )
            except Unreachable:
                raise
            except Permanent:
                # The vendor's list of codes names none for a spent one, so any refusal counts:
                # the new card that follows is refused by itself where the card is at fault.
                continue
            _reached(answer, message.to)
            if answer.get("response_code"):
                return self._receipt(message, shown, answer)
            return _left(codes[place + 1 :], receipt, shown)
        return None

    def _usable(self, receipts: Sequence[Receipt]) -> list[Receipt]:
        """List the receipts whose code may still serve, newest first."""
        spent = {receipt.get("spent") for receipt in receipts}
        oldest = self._clock() - _CODE_LIVES
        usable = {
            receipt["code"]: receipt
            for receipt in receipts
            if receipt.get("code")
            and receipt["code"] not in spent
            and datetime.fromisoformat(receipt["at"]) > oldest
        }
        return sorted(usable.values(), key=lambda one: str(one["at"]), reverse=True)

    def _receipt(self, message: Outgoing, shown: Rendered, answer: dict[str, Any]) -> Receipt:
        receipt: Receipt = {"task_id": message.reference, "at": self._clock().isoformat()}
        if answer.get("response_code"):
            receipt["code"] = answer["response_code"]
        return {**receipt, **_rest(shown)}

    async def media(self, ref: str) -> bytes:
        """Fetch a picture or a voice message."""
        return await self._client.media(ref)

    async def probe(self) -> list[tuple[str, bool, str]]:
        """Try the credentials, the address and the application: (what, well, key of a hint).

        Raises Retryable, Permanent or Ambiguous when the vendor itself can't be reached.
        """
        try:
            await self._client.token()
        except Halted as error:
            return [("token", False, str(error))]
        found = [("token", True, "")]
        try:
            agent = await self._client.get("agent/get", agentid=self.settings.agent_id)
        except Halted as error:
            if str(error) == "halted-wecom-ip":
                return [*found, ("address", False, str(error))]
            return [*found, ("address", True, ""), ("agent", False, str(error))]
        found.append(("address", True, ""))
        closed = bool(agent.get("close"))
        return [*found, ("agent", not closed, "halted-wecom-agent" if closed else "")]

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._client.aclose()


def _reached(answer: dict[str, Any], to: str) -> None:
    """Raise Unreachable when the vendor's success leaves this member out; ids come lower-cased."""
    for name, gone in (("invaliduser", True), ("unlicenseduser", False)):
        left_out = answer.get(name) or ""
        ids = left_out.split("|") if isinstance(left_out, str) else left_out
        if to.casefold() in {str(one).casefold() for one in ids}:
            raise Unreachable(f"wecom {name}", gone=gone)


def _left(codes: Sequence[Receipt], used: Receipt, shown: Rendered) -> Receipt:
    """Make the receipt after an edit: the next code with a note of the spent one, else none."""
    kept = {k: v for k, v in codes[0].items() if k != "rest"} if codes else {}
    note = {"spent": used["code"]} if codes else {}
    return {**kept, **note, **_rest(shown)}


def _rest(shown: Rendered) -> Receipt:
    return {"rest": shown.rest} if shown.rest else {}
