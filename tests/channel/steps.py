"""The named steps at which both ends are killed (`clerk_tui.channel.failpoints`)."""

STATION_STEPS = (
    "in_act", "act_done", "leased", "down_checked", "down_applying", "down_applied", "packed", "sealing", "sealed",
    "part_written", "part_synced", "renamed", "published", "marked_sent",
)  # fmt: skip
DISTRICT_STEPS = (
    "district_checked", "district_applying", "district_applied", "district_taken", "district_answered",
    "district_sealing", "district_sealed", "part_written", "part_synced", "renamed", "district_published",
    "district_tidied",
)  # fmt: skip
