"""Help by role, language, small talk, and an honest "not yet"."""

import re
from collections.abc import Awaitable, Callable

from cards import guide
from cards.talk import say
from core.act import Act, Reply
from core.i18n import LANGUAGES, Translator
from handlers.context import Context, Pressed
from services import devices
from services.language.intents import main_role
from services.people import needs

_THANKS = re.compile(r"谢|辛苦|感谢|thank", re.IGNORECASE)
_BYE = re.compile(r"再见|拜拜|晚安|下次|没事了|\bbye|goodbye", re.IGNORECASE)
_ENGLISH = re.compile(r"英|外语|english", re.IGNORECASE)
_CHINESE = re.compile(r"中文|汉语|普通话|chinese|mandarin", re.IGNORECASE)
_REFUSED = re.compile(
    r"(不|看不懂|不认识|不会|不要|怎么都?是|变成|don't|not)[^，,]{0,6}$", re.IGNORECASE
)


async def help_menu(ctx: Context) -> list[Act]:
    """Show the menu of the person's role."""
    return [Reply(guide.menu(main_role(ctx.by.roles), ctx.t))]


async def smalltalk(ctx: Context) -> list[Act]:
    """Answer in kind and stay short; whoever greets sees what there is."""
    if _THANKS.search(ctx.text):
        return [Reply(say(ctx.t("smalltalk-welcome")))]
    if _BYE.search(ctx.text):
        return [Reply(say(ctx.t("smalltalk-bye")))]
    return [Reply(guide.menu(main_role(ctx.by.roles), ctx.t, title="smalltalk-hello"))]


async def language(ctx: Context) -> list[Act]:
    """Switch to the language that was named; ask when none was."""
    wanted = wanted_language(ctx.text)
    if wanted is None:
        return [Reply(guide.which_language(ctx.t))]
    return await _speak(ctx, wanted)


async def set_language(ctx: Context, pressed: Pressed) -> list[Act]:
    """Take the language from the button."""
    return await _speak(ctx, str(pressed.args["lang"]))


async def _speak(ctx: Context, lang: str) -> list[Act]:
    await needs.set_language(ctx.session, ctx.by, lang)
    return [Reply(say(Translator(lang)("language-set"), tone="success"))]


def wanted_language(text: str) -> str | None:
    """Read which language is meant; the one that somebody can't read is not."""
    chinese, english = LANGUAGES
    marks = [(chinese, _CHINESE.search(text)), (english, _ENGLISH.search(text))]
    named = [(lang, mark) for lang, mark in marks if mark is not None]
    meant = [lang for lang, mark in named if not _REFUSED.search(text[: mark.start()])]
    if len(meant) == 1:
        return meant[0]
    if not meant and len(named) == 1:
        return english if named[0][0] == chinese else chinese
    return None


async def device_status(ctx: Context) -> list[Act]:
    """List what is not normal in the worker's grids."""
    found, total = await devices.not_normal(ctx.session, ctx.by)
    return [Reply(guide.troubles(found, total, ctx.t))]


def not_yet(intent: str) -> Callable[[Context], Awaitable[list[Act]]]:
    """Make the handler of what can't be done here yet: it says so and offers a person."""

    async def answer(ctx: Context) -> list[Act]:
        return [Reply(guide.not_yet(intent, ctx.t))]

    return answer
