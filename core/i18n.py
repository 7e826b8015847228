"""Words: Fluent messages of `locales/`, whole sentences, zh-CN first and en complete."""

from functools import cache
from pathlib import Path
from typing import Any

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.types import fluent_number
from fluent.syntax import FluentParser, ast

from core.log import logger

LOCALES = Path(__file__).resolve().parent.parent / "locales"
LANGUAGES = ("zh-CN", "en")


class WordsMissingError(LookupError):
    """A message or an argument of it is missing."""


@cache
def bundle(lang: str) -> FluentBundle:
    """Load all messages of one language."""
    made = FluentBundle([lang], use_isolating=False)
    for path in sorted((LOCALES / lang).glob("*.ftl")):
        made.add_resource(FluentResource(path.read_text("utf-8")))
    return made


class Translator:
    """Say messages in one language.

    `strict` raises WordsMissingError for a missing message or argument, as the tests want;
    otherwise the fault is logged and the best that there is gets shown.
    """

    strict = False

    def __init__(self, lang: str = LANGUAGES[0]) -> None:
        self.lang = lang if lang in LANGUAGES else LANGUAGES[0]

    def __call__(self, key: str, /, **args: str | int) -> str:
        """Format the message `key`; numbers are shown without grouping."""
        made = bundle(self.lang)
        if not made.has_message(key) or (pattern := made.get_message(key).value) is None:
            return self._missing(key)
        plain = {k: _plain(v) for k, v in args.items()}
        text, errors = made.format_pattern(pattern, plain)
        if errors:
            if self.strict:
                raise WordsMissingError(f"{key}: {errors}")
            logger().error("words.argument_missing", key=key, lang=self.lang)
        return str(text)

    def _missing(self, key: str) -> str:
        if self.strict:
            raise WordsMissingError(key)
        logger().error("words.missing", key=key, lang=self.lang)
        return key


def _plain(value: str | int) -> Any:
    return value if isinstance(value, str) else fluent_number(value, useGrouping=False)


@cache
def page_words(lang: str) -> dict[str, str]:
    """Read `web.ftl`: only texts and plain `{ $name }` placeables, which tests hold."""
    resource = FluentParser().parse((LOCALES / lang / "web.ftl").read_text("utf-8"))
    return {
        entry.id.name: "".join(_part(part) for part in entry.value.elements)
        for entry in resource.body
        if isinstance(entry, ast.Message) and entry.value is not None
    }


def _part(part: ast.TextElement | ast.Placeable) -> str:
    if isinstance(part, ast.TextElement):
        return part.value
    if isinstance(part.expression, ast.VariableReference):
        return "{" + part.expression.id.name + "}"
    raise ValueError("web.ftl may hold only texts and { $name }")
