"""Links to walking directions, in the Chinese maps' own datum (GCJ-02)."""

from urllib.parse import quote, urlencode

from services.shops.distance import Point, to_gcj02

_US = "linling"


def walking(name: str, to: Point, *, origin: Point | None = None) -> dict[str, str]:
    """Give a link per map: `tencent` opens best inside WeChat, `amap` elsewhere.

    Without an origin the map starts where the telephone is, which is what a walker wants.
    """
    end = to_gcj02(to)
    tencent = {
        "type": "walk", "to": name, "tocoord": f"{end.lat:.6f},{end.lon:.6f}",
        "coord_type": "2", "referer": _US,
    }  # fmt: skip
    called = name.replace(",", " ")  # the map splits its three parts at commas
    amap = {
        "to": f"{end.lon:.6f},{end.lat:.6f},{called}", "mode": "walk", "src": _US,
        "coordinate": "gaode",
    }  # fmt: skip
    if origin is not None:
        start = to_gcj02(origin)
        tencent["fromcoord"] = f"{start.lat:.6f},{start.lon:.6f}"
        amap["from"] = f"{start.lon:.6f},{start.lat:.6f},"
    return {
        "tencent": f"https://apis.map.qq.com/uri/v1/routeplan?{_query(tencent)}",
        "amap": f"https://uri.amap.com/navigation?{_query(amap)}",
    }


def _query(parts: dict[str, str]) -> str:
    return urlencode(parts, safe=",", quote_via=quote)


def dial(phone: str) -> str:
    """Make a link that dials; only digits and a leading + survive."""
    return "tel:" + "".join(char for char in phone if char.isdigit() or char == "+")
