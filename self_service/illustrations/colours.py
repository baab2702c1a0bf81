"""From the words a catalogue uses for colours to a colour."""

from __future__ import annotations

import re
from functools import lru_cache

from self_service.illustrations.tones import mix

#: What is drawn when no word is known.
NEUTRAL = "#8b9099"

# Words that name a colour by themselves: in "ocean blue" the last of them gives the colour.
_COLOURS = """
black 1f2125 white f4f4f1 gray 8a8d93 grey 8a8d93 silver c9ccd1 gold d9b86f golden d9b86f
red cf2e3a blue 2f66cc green 2f8f5b yellow f2c93b orange ee7d2b purple 7a4fb5 violet 7f58c4
pink ee9dbb brown 7a543b beige ddcdb0 cyan 2cb5cc turquoise 2fb3ab teal 1f8484 magenta c8338f
bronze 96704a copper b5714a mint a9dcc3 lime a5cf3f indigo 3f45a8 lilac bda7dc lavender b9aee0
navy 1f2e57 graphite 4a4c51 anthracite 3a3d42 cream f0e7d3 ivory f1ecdd champagne e3cfae
burgundy 6d1f35 bordeaux 6d1f35 maroon 6b2230 coral f0806c peach f6bf9d apricot f4b27d
azure 3f8fdd aqua 55c3cf fuchsia d2388d khaki 9a9166 olive 6c7042 chrome c4c8ce
"""

# Words that tint another colour ("midnight blue") and stand for one when alone ("midnight").
_TINTS = """
midnight 171d38 night 171d38 twilight 3c3a66 dusk 6b5f86 dawn efc9b5 sunset e98a5c
sunrise f0b27a space 34363c jet 0e0f11 onyx 17181b obsidian 17181b ebony 1b1a1a piano 101114
carbon 26282c charcoal 393c41 shadow 2d3036 stealth 232529 phantom 202228 ink 1a2036 coal 232427
licorice 1d1a1e gunmetal 4b5158 slate 5a6470 steel 87909b iron 5c6168 stone a39c90 pebble 9c9a94
rock 6f6b66 concrete 9a9a97 smoke 7f858c fog c3c8ce mist c8d0d6 haze b9bfcc storm 56606c
ash b4b5b3 cement 9a9a97 titanium 9a958c titan 8f8d88 platinum d6d6d3 aluminium cdd0d3
aluminum cdd0d3 metal a9adb2 metallic a9adb2 mercury bfc4ca nickel b3b1aa pewter 8c8f90
stainless c3c6c9 mirror c8ccd2 pearl f0ebe3 snow f7f8f8 ceramic f2f0ea polar eef3f6
arctic e3eef3 frost e4edf2 glacier d3e3ea glacial d3e3ea ice d8e8f0 icy d8e8f0 crystal dfe9ee
cloud e6e9ec moonlight d5d9e0 moon d9d9d4 lunar e3e3df starlight efe7da cotton f1eeea
milk f5f2e8 milky f5f2e8 alpine e8eef0 opal dfe6e2 diamond e2e8ec marble e6e3de quartz ead7d9
sand d9c4a0 sandy d9c4a0 desert cfae86 dune d3b98f almond e3cdb2 linen e9e0d0 honey e0a63e
amber d9952f saffron efaf2f sun f4c637 sunny f4c637 sunflower f5c02c lemon f3df5a canary f5e04e
mustard c99a2e topaz e0a94a caramel b87a43 leather 8b5a38 coffee 5c4033 mocha 705040
chocolate 553626 cocoa 614033 espresso 3c2a22 chestnut 7b4630 walnut 5e4433 wood 93694a
earth 7c6047 clay b4714f terracotta bd6748 rust a6512f mahogany 5b2a23 rose e5a0a4 blush efc4c1
blossom f3bccb sakura f5c6d2 cherry b4202f ruby a51736 crimson b3152d scarlet d42a23
garnet 7e1f2d wine 6b1a32 raspberry b32455 strawberry df4257 flame e8512b fire df4327
lava cf3b25 passion c2274a candy f07fa5 hot f2387f salmon f29682 flamingo f58fa3 rouge bd2636
plum 673259 berry 7b2450 grape 5b3a80 amethyst 8a63b3 iris 6a64c0 orchid bd75c0 violetta 7f58c4
cosmic 3a3560 galaxy 2d2f55 aurora 7fc8c4 nebula 57488f universe 252a4f mystic 56546b
ocean 1f6f96 sea 2c8a9a marine 1d4f7a lagoon 2aa5a8 atlantic 1f4f73 pacific 24587d
sky 86bfe8 cobalt 1f4fb0 sapphire 1f4a9c royal 2a48b5 electric 2a5cf0
denim 40608a petrol 155263 lake 4b8ca6 river 4f8ba8 arcticblue b8d4e3
horizon 7fa6c4 emerald 12805c jade 3f9c7a forest 2c5639 pine 2a5546 alpinegreen 44584a
sage a3b39a moss 6d7a4a army 5a5f45 military 5a5f45 leaf 5c9b4a grass 5ea544 apple 8cc152
pistachio b9d49a neon b8f038 hunter 33543c eucalyptus 8fae9d seafoam a5d8c6 spring a8d87f
"""

# How far a word moves the colour towards white (+) or black (-).
_SHIFTS = {
    "dark": -0.3,
    "deep": -0.22,
    "rich": -0.1,
    "light": 0.35,
    "pale": 0.5,
    "soft": 0.25,
    "pastel": 0.45,
    "bright": 0.08,
}


def _table(text: str) -> dict[str, str]:
    fields = text.split()
    return {word: f"#{code}" for word, code in zip(fields[::2], fields[1::2], strict=True)}


_HEADS, _QUALIFIERS = _table(_COLOURS), _table(_TINTS)
#: How much a tint counts beside the colour it goes with.
_TINT_SHARE = 0.5


@lru_cache(maxsize=4096)
def colour_hex(word: str) -> str:
    """Return the colour ("#rrggbb") a catalogue's colour word means.

    Several words are read as people say them: the last plain colour counts, other words tint it
    ("midnight blue", "rose gold"), and words such as "dark" move it. Of several colours
    ("black/white", "red and blue") the first that is known is meant.

    Args:
        word: any text; case, punctuation and unknown words do not matter.

    Returns:
        A colour; a neutral grey when nothing in the text is known.
    """
    for part in re.split(r"[|/,;&+]|\band\b", word[:80].casefold()):
        found = _one_colour(re.findall(r"[a-z]+", part))
        if found:
            return found
    return NEUTRAL


def _one_colour(words: list[str]) -> str | None:
    heads = [_HEADS[word] for word in words if word in _HEADS]
    tints = [_QUALIFIERS[word] for word in words if word in _QUALIFIERS]
    if heads:
        colour, tints = heads[-1], heads[:-1] + tints
    elif tints:
        colour, tints = tints[-1], tints[:-1]
    else:
        return None
    for index, tint in enumerate(tints):
        colour = mix(colour, tint, _TINT_SHARE / (index + 1))
    for word in words:
        shift = _SHIFTS.get(word, 0.0)
        colour = mix(colour, "#ffffff" if shift > 0 else "#000000", abs(shift))
    return colour
