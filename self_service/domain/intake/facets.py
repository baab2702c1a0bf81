"""From what a thing is (its characteristics) to what the store filters and compares by (facets).

Every source names characteristics alike. Values are text, whole numbers, true or false; numbers
with a fraction are text with a point. `facets` has the meaning of the results.

===============================  =======================================  ========================
characteristic                   value                                    facet
===============================  =======================================  ========================
display                          inches, "6.1"                            display_tenths
memory                           "8 GB", "512 MB"                         memory_mb
storage                          "128 GB", usually the buyer's choice     storage_mb
camera                           megapixels of the best one, "12.2"       camera_mp_tenths
battery                          mAh                                      battery_mah
weight                           grams, "187.5"                           weight_g
os                               "Android 16"                             os, os_version
released                         "2026-09"                                released
download, upload                 Mbps                                     download_mbps, upload_mbps
channels                         number of TV channels                    channels
generation, sim, dual_sim, nfc,  as in `facets`; `sim` where it is not    the same
colour                           the buyer's choice
===============================  =======================================  ========================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_SIZE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) ?(MB|GB|TB)")
_MB = {"MB": 1, "GB": 2**10, "TB": 2**20}
_NUMBER = re.compile(r"\d{1,7}(?:\.\d{1,3})?")
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")
_OS = re.compile(r"(\D+?)(?: +(.+))?")
_COUNTED = {"download": "download_mbps", "upload": "upload_mbps", "battery": "battery_mah"}
_SIMS = ("mini", "micro", "nano", "esim")
_GENERATIONS = ("2G", "3G", "4G", "5G")


def facets(characteristics: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the facets of a thing; what is not known, or not understood, is left out.

    Args:
        characteristics: in the short form of `ProductSpecification.characteristics`.
    """
    found: dict[str, Any] = {}
    for item in characteristics:
        name, values = item["name"], item["values"]
        if name in ("memory", "storage"):
            found[f"{name}_mb"] = sorted(filter(None, map(megabytes, values)))
        elif name in ("display", "camera", "weight", "channels") or name in _COUNTED:
            found.update(_measure(name, values[0]))
        elif name in ("dual_sim", "nfc") and isinstance(values[0], bool):
            found[name] = values[0]
        elif name == "generation":
            found[name] = [value for value in values if value in _GENERATIONS]
        elif name == "sim" and not item["configurable"]:
            found[name] = [value for value in values if value in _SIMS]
        elif name == "colour":
            found[name] = [str(value) for value in values]
        elif name == "os" and (system := _OS.fullmatch(str(values[0]))):
            found |= {"os": system[1], "os_version": system[2]}
        elif name == "released" and _MONTH.fullmatch(str(values[0])):
            found[name] = values[0]
    return {name: value for name, value in found.items() if value not in (None, [])}


def megabytes(label: object) -> int:
    """Return the size that a label such as "8 GB" names, in MB; 0 when it names none.

    As everywhere in the trade, 1 GB of memory is 1024 MB here.
    """
    size = _SIZE.fullmatch(str(label))
    return round(float(size[1]) * _MB[size[2]]) if size else 0


def _measure(name: str, value: object) -> dict[str, int]:
    if isinstance(value, bool) or not _NUMBER.fullmatch(str(value)):
        return {}
    number = float(str(value))
    if name == "display":
        return {"display_tenths": round(number * 10)}
    if name == "camera":
        return {"camera_mp_tenths": round(number * 10)}
    return {{**_COUNTED, "weight": "weight_g", "channels": "channels"}[name]: round(number)}
