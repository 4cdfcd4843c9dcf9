"""The classes of tickets, 0 urgent to 5 an agent's batch: the hall's own order. The first paint names them and needs no more of it."""

RANK_WORDS: dict[int, str] = {0: "急办", 1: "优先", 2: "预约", 3: "过号回排", 4: "普通", 5: "代办批量"}
PRIORITY = frozenset({0, 1})
BOOKED = 2
ORDINARY = 4
