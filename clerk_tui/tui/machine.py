"""What of this machine would stop the day's work, looked at when a clerk sits down.

The printer's queue and the age of what is unsent stand in the top line all day, the clock is asked about by the act that
it would date; what is left is room to write. `clerk-tui doctor` looks at everything.
"""

import shutil

from clerk_tui.settings import Settings

LEAST_MEGABYTES = 500


def machine_words(settings: Settings) -> str:
    """One line where the store's or the papers' disk is nearly full; '' where nothing is wrong."""
    for folder, what in ((settings.store, "数据"), (settings.print_folder, "文书")):
        there = next((one for one in (folder, *folder.parents) if one.is_dir()), None)
        if there is None:
            continue
        free = shutil.disk_usage(there).free // 1_000_000
        if free < LEAST_MEGABYTES:
            return f"放{what}的磁盘只剩 {free} MB, 满了就存不下; 请技术人员腾出空间 (clerk-tui doctor 可查)"
    return ""
