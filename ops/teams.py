"""python -m ops teams: who does what together, a team a line."""

import uvloop

from core.actor import CLOCK
from core.crypto import use_keyring
from core.i18n import Translator
from core.settings import Settings
from ops.community import community_of, opened
from services.people import teams
from services.people.teams import Team


def listed(settings: Settings, community: str) -> list[Team]:
    """List a community's teams."""
    use_keyring(settings.keyring)

    async def work() -> list[Team]:
        async with opened(settings) as db:
            where = await community_of(db, community)
            async with db.reading() as session:
                return await teams.listed(session, CLOCK, community=where)

    return uvloop.run(work())


def as_text(found: list[Team], t: Translator) -> list[str]:
    """Write a line for each team, leads first."""
    if not found:
        return [t("teams-none")]
    return [
        t("team-line", name=one.name, people=t("word-list").join(_people(one, t))) for one in found
    ]


def _people(one: Team, t: Translator) -> list[str]:
    return [*(t("team-lead", name=name) for name in one.leads), *one.members]
