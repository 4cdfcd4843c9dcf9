"""What stands beside the places' names and at the right of the top line: counts that burn, and the connection."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from clerk_tui.desk.context import Desk
    from clerk_tui.store.act import By


class Counts(NamedTuple):
    """`places` by key, such as `5!`; `connection` in words; `last_ok_at` is the last exchange that went well."""

    places: tuple[tuple[str, str], ...] = ()
    connection: str = ""
    last_ok_at: int | None = None


def read_counts(desk: "Desk", by: "By") -> Counts:
    """Read them: owed materials that are due today or overdue, results on the shelf, what waits for a person in 渠道."""
    from clerk_tui.channel.status import status
    from clerk_tui.desk import owing_reads, pickup_reads, print_queue, tasks

    burning = owing_reads.burning(desk, by)
    shelf = pickup_reads.on_shelf(desk, by)
    channel = status(desk.store, clock=desk.clock, recent=0)
    with desk.look() as connection:
        prints = print_queue.count_undone(connection)
        waiting = tasks.count_open(connection)
    return Counts(
        places=(
            ("owed", f"{burning if burning < owing_reads.MOST_BURNING else '999+'}!" if burning else ""),
            ("pickup", str(shelf) if shelf else ""),
            ("channel", f"{waiting if waiting < tasks.MOST else f'{tasks.MOST}+'}!" if waiting else ""),
        ),
        connection=_with_prints(prints, channel.words if channel.enrolled else "未连区系统"),
        last_ok_at=channel.last_ok_at,
    )


def _with_prints(number: int, words: str) -> str:
    """What no printer has taken yet stands before the connection."""
    return f"待打印 {number}!   {words}" if number else words
