"""Teams: made and filled by the operator, listed for the staff and at the command line."""

import pytest

from core.db import Session
from core.errors import UserError
from core.i18n import Translator
from ops.teams import as_text
from services import actors
from services.people import teams
from tests.world import World


async def test_a_team_has_leads_and_members_and_each_community_its_own(world: World) -> None:
    """Who is put in twice is there once; only the operator changes it; leads come first."""

    async def work(session: Session) -> None:
        operator = await actors.actor(session, world.person("operator").id)
        worker = await actors.actor(session, world.person("worker").id)
        made = await teams.make(session, operator, community=world.community, name=" 巡逻队 ")
        assert made == await teams.make(session, operator, community=world.community, name="巡逻队")
        for name, lead in (("worker", False), ("backup", False), ("lead", True), ("worker", False)):
            await teams.put(session, operator, team=made, person=world.person(name).id, lead=lead)
        await teams.take_out(session, operator, team=made, person=world.person("backup").id)
        with pytest.raises(UserError, match="not-allowed"):
            await teams.put(session, worker, team=made, person=world.person("backup").id)
        with pytest.raises(UserError, match="team-name"):
            await teams.make(session, operator, community=world.community, name=" ")
        found = await teams.listed(session, operator, community=world.community)
        assert as_text(found, Translator()) == ["巡逻队：周军（队长）、王建国"]
        resident = await actors.actor(session, world.person("resident").id)
        with pytest.raises(UserError, match="not-allowed"):
            await teams.listed(session, resident, community=world.community)

    await world.db.run(work)
    assert as_text([], Translator("en")) == ["There are no teams yet."]
