"""How an operator words a limit of a vital sign: 限值 陈桂芳 心率 高于 110，医生意见."""

import re
import unicodedata
from dataclasses import dataclass

_METRICS = {"heart_rate": "心率|脉搏|heart rate|pulse", "spo2": "血氧|氧饱和|spo2|oxygen"}
_WAYS = {"high": "高于|超过|大于|上限|above|over", "low": "低于|小于|不到|下限|below|under"}
_LIMIT = re.compile(
    r"^(?:设定?|定)?限值[\s:：]*|^(?:set )?limit[\s:]+", re.IGNORECASE
)  # what the command begins with
_SAID = re.compile(
    rf"^(?P<who>.+?)[\s的,，:：]*(?P<metric>{'|'.join(_METRICS.values())})\s*"
    rf"(?P<way>{'|'.join(_WAYS.values())})\s*(?P<value>\d{{1,3}})\s*(?:%|次/分|次)?"
    r"(?:[\s,，;；]+(?P<source>.+))?$",
    re.IGNORECASE,
)
_VENDOR = re.compile(r"^(?:厂家|厂商|vendor)[\s:：]*(?P<source>[a-z0-9]+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limit:
    """Whose limit it is to be (a person as written, or a vendor's source), of which rule."""

    who: str
    vendor: str
    key: str
    value: float
    source: str


def read(text: str) -> Limit | None:
    """Read a limit; None for words that are none."""
    rest = _rest(text)
    said = _SAID.match(rest) if rest is not None else None
    if said is None:
        return None
    metric, way = _code(_METRICS, said["metric"]), _code(_WAYS, said["way"])
    vendor = _VENDOR.match(said["who"].strip())
    return Limit(
        "" if vendor else said["who"].strip(), vendor["source"].lower() if vendor else "",
        f"{metric}_{way}", float(said["value"]), (said["source"] or "").strip(),
    )  # fmt: skip


def _rest(text: str) -> str | None:
    plain = unicodedata.normalize("NFKC", text).strip()
    begun = _LIMIT.match(plain)
    return plain[begun.end() :].strip() if begun else None


def _code(table: dict[str, str], word: str) -> str:
    return next(code for code, words in table.items() if re.fullmatch(words, word, re.IGNORECASE))
