"""Words that stand only in the demo operator's catalogue, marked for translation.

The screens translate a chosen colour by looking its English name up; the plain ones ("Black") are
marked in `domain.base_colours`.
"""

from self_service.domain.errors import N_

COLOURS = frozenset(
    {
        N_("Coral"),
        N_("Graphite"),
        N_("Lavender"),
        N_("Lilac"),
        N_("Midnight blue"),
        N_("Ocean blue"),
        N_("Rose gold"),
        N_("Sage"),
        N_("Sand"),
        N_("Sky blue"),
    }
)
