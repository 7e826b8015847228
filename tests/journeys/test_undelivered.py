"""What did not arrive is seen by an operator, who sends it again; and whom nothing reaches."""

from dataclasses import dataclass

import pytest

from core.actor import CLOCK, Role
from core.db import Session, sql
from core.errors import UserError
from ops import check
from services import accounts, undelivered, unreachable
from services.actors import actor
from services.undelivered import Letter
from services.unreachable import Person
from tests import make
from tests.channels.wecom import Stand, stand
from tests.world import World


@dataclass
class Desk:
    """The operator's lists, and WeChat Work in which the workers are."""

    world: World
    wecom: Stand

    async def letters(self, who: str = "operator") -> list[Letter]:
        """List what was given up."""
        async with self.world.db.reading() as session:
            by = await actor(session, self.world.person(who).id)
            return await undelivered.letters(session, by, community=self.world.community)

    async def nobody_reaches(self, who: str = "operator") -> list[Person]:
        """List whom nothing reaches."""
        async with self.world.db.reading() as session:
            by = await actor(session, self.world.person(who).id)
            return await unreachable.people(session, by, community=self.world.community)

    async def resends(self, letter: int, who: str = "operator") -> bool:
        """Press the button, and let the cards go out."""

        async def work(session: Session) -> bool:
            by = await actor(session, self.world.person(who).id)
            return await undelivered.resend(
                session, by, community=self.world.community, letter=letter, now=self.world.now
            )

        done = await self.world.db.run(work)
        await self.world.settle()
        return done

    async def leaves(self, who: str, channel: str) -> None:
        """Let somebody close a chat."""

        async def work(session: Session) -> None:
            account = await accounts.of(session, self.world.person(who).id, channel)
            assert account is not None
            await accounts.gone(session, account.id)

        await self.world.db.run(work)

    async def comes(self, who: str, channel: str, external: str) -> None:
        """Let somebody write in a channel, for the first time or again."""
        person, now = self.world.person(who).id, self.world.now
        await self.world.db.run(
            lambda s: accounts.add(s, person, channel=channel, external=external, now=now)
        )

    def screen(self) -> list[str]:
        """Read what stands on the worker's phone."""
        return [shown.text for shown in self.wecom.fake.phone("lisi").screen]


@pytest.fixture
async def desk(world: World) -> Desk:
    """Give the community a company in WeChat Work, the only place where 王建国 is."""
    company = stand()
    company.clock.now = world.now
    world.channels["wecom"] = company.channel
    made = Desk(world, company)
    await made.leaves("worker", "web")
    await made.comes("worker", "wecom", "lisi")
    return made


async def test_what_was_given_up_is_seen_and_sent_again(desk: Desk) -> None:
    """The worker was taken out of the company; once back, one press brings the card as it is now."""
    desk.wecom.fake.members.discard("lisi")
    await desk.world.rings("smoke")
    (letter,) = await desk.letters()
    ticket = (await desk.world.fetch("SELECT id, number FROM ticket"))[0]
    assert (letter.kind, letter.channel, letter.cause) == ("ticket", "wecom", "left")
    assert (letter.ticket, letter.number, letter.what) == (ticket.id, ticket.number, "smoke")
    assert letter.who == "王建国"
    assert desk.screen() == []
    await desk.world.passes(seconds=100)
    await desk.world.person("backup").clicks("ticket.ack")
    await desk.world.settle()
    (letter,) = await desk.letters()

    desk.wecom.fake.members.add("lisi")
    await desk.comes("worker", "wecom", "lisi")
    assert await desk.resends(letter.id)
    (text,) = desk.screen()
    assert "烟雾报警" in text
    assert "孙丽" in text
    assert await broken(desk.world) == []
    assert await desk.letters() == []
    assert not await desk.resends(letter.id)
    assert len(desk.screen()) == 1


async def test_one_that_still_has_no_way_comes_back_to_the_list(desk: Desk) -> None:
    """Sending again promises nothing: it is tried, and given up again with its reason."""
    desk.wecom.fake.members.discard("lisi")
    await desk.world.rings("smoke")
    (letter,) = await desk.letters()
    assert await desk.resends(letter.id)
    assert [one.id for one in await desk.letters()] == [letter.id]


async def test_a_letter_follows_its_person_back(desk: Desk) -> None:
    """It had gone from WeChat Work to the web chat and died there; they are in WeChat Work again."""
    await desk.comes("worker", "web", str(desk.world.person("worker").id))
    desk.wecom.fake.members.discard("lisi")
    await desk.world.rings("smoke")
    await desk.world.db.run(
        lambda s: s.execute(
            sql(
                """
                UPDATE outbox SET state = 'dead', error = 'KeyError'
                WHERE channel = 'web' AND person_id = :worker
                """
            ),
            {"worker": desk.world.person("worker").id},
        )
    )
    (letter,) = await desk.letters()
    assert (letter.channel, letter.cause) == ("web", "fault")
    await desk.leaves("worker", "web")
    desk.wecom.fake.members.add("lisi")
    await desk.comes("worker", "wecom", "lisi")
    assert await desk.resends(letter.id)
    assert len(desk.screen()) == 1
    assert await desk.letters() == []


async def test_all_go_out_at_once(desk: Desk) -> None:
    """After a bad night an operator presses one button."""
    desk.wecom.fake.members.discard("lisi")
    await desk.world.rings("smoke")
    await desk.comes("worker", "wecom", "lisi")
    await desk.world.rings("gas")
    assert len(await desk.letters()) == 2
    desk.wecom.fake.members.add("lisi")
    await desk.comes("worker", "wecom", "lisi")

    async def work(session: Session) -> int:
        by = await actor(session, desk.world.person("operator").id)
        return await undelivered.resend_all(
            session, by, community=desk.world.community, now=desk.world.now
        )

    assert await desk.world.db.run(work) == 2
    assert await desk.world.db.run(work) == 0
    await desk.world.settle()
    assert len(desk.screen()) == 2


async def test_nobody_else_looks_or_sends(desk: Desk) -> None:
    """Neither a worker, nor the operator of another community, who does not even learn of it."""
    desk.wecom.fake.members.discard("lisi")
    await desk.world.rings("smoke")
    (letter,) = await desk.letters()
    for look in (desk.letters, desk.nobody_reaches):
        with pytest.raises(UserError, match="not-allowed"):
            await look("worker")
    with pytest.raises(UserError, match="not-allowed"):
        await desk.resends(letter.id, "worker")

    async def elsewhere(session: Session) -> None:
        other = await make.community(session, slug="other")
        stranger = await make.person(session, "外人")
        await make.membership(session, stranger.id, Role.OPERATOR, where=other.id)
        by = await actor(session, stranger.id)
        assert await undelivered.letters(session, by, community=other.id) == []
        assert await undelivered.count(session, by, community=other.id) == 0
        assert await unreachable.people(session, by, community=other.id) == []
        assert (
            await undelivered.resend_all(session, by, community=other.id, now=desk.world.now) == 0
        )
        with pytest.raises(UserError, match="not-allowed"):
            await undelivered.letters(session, by, community=desk.world.community)
        with pytest.raises(UserError, match="undelivered-unknown"):
            await undelivered.resend(
                session, by, community=other.id, letter=letter.id, now=desk.world.now
            )

    await desk.world.db.run(elsewhere)
    assert [one.id for one in await desk.letters()] == [letter.id]


async def test_whom_nothing_reaches_is_named_with_role_place_and_why(desk: Desk) -> None:
    """Workers first and by name; an elder and her son by their flat, for a ring at the door."""
    assert await desk.nobody_reaches() == []
    await desk.leaves("worker", "wecom")
    await desk.leaves("elder", "web")
    await desk.leaves("family", "web")

    async def never_came(session: Session) -> None:
        new = await make.person(session, "吴刚", channel=None)
        await make.membership(
            session, new.id, Role.WORKER, where=desk.world.community, grid_id=desk.world.grid
        )

    await desk.world.db.run(never_came)
    found = await desk.nobody_reaches()
    assert {(one.who, one.role, one.left, one.where) for one in found} == {
        ("王建国", "worker", True, ("第1网格",)),
        ("吴刚", "worker", False, ("第1网格",)),
        ("陈**", "elder", True, ("3幢 2单元 501室",)),
        ("陈**", "family", True, ("3幢 2单元 501室",)),
    }
    assert [one.role for one in found] == ["worker", "worker", "elder", "family"]
    async with desk.world.db.reading() as session:
        assert await unreachable.count(session, CLOCK, community=desk.world.community) == 4


async def broken(world: World) -> list[str]:
    """Name the invariants that do not hold."""
    async with world.db.reading() as session:
        return [
            str(one["name"]) for one in await check.run(session, now=world.now) if one["broken"]
        ]


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("no account", "left"),
        ("telegram 403", "left"),
        ("telegram 400 no such chat", "left"),
        ("wecom invaliduser", "left"),
        ("errcode 43004", "left"),
        ("errcode 45015", "window"),
        ("no window, no consent", "window"),
        ("no template", "window"),
        ("wecom unlicenseduser", "unlicensed"),
        ("http 503", "silent"),
        ("errcode -1", "silent"),
        ("wecom -1", "silent"),
        ("telegram 429", "silent"),
        ("ReadTimeout", "silent"),
        ("ConnectError", "silent"),
        ("ServerDisconnectedError", "silent"),
        ("unreadable answer", "silent"),
        ("http 400", "refused"),
        ("errcode 40130", "refused"),
        ("wecom 40058", "refused"),
        ("telegram: Bad Request: message is too long", "refused"),
        ("KeyError", "fault"),
        ("", "fault"),
    ],
)
def test_each_senders_word_has_a_meaning(error: str, cause: str) -> None:
    """An operator reads what to do, not what a library is called."""
    assert undelivered.cause(error) == cause
