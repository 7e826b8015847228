"""The built-in web chat: items in the recipient's mailbox, live by server-sent events."""

from core.ports import Delivery, Mailbox


class WebChannel:
    """Shows a card by putting it into the mailbox, in the transaction that marks it as sent."""

    name = "web"

    async def show(self, delivery: Delivery, mailbox: Mailbox) -> None:
        """Append the item; readers are woken after the commit."""
        await mailbox.put(delivery)
