"""Find people and organisations by any piece of a name, pinyin, initials, number or phone, fast at a million.

A name is indexed as single characters and bigrams (never trigrams: wrong for two-character names) together with its
pinyin and initials in every reading of the surname; what the index finds is checked against the row before it is told.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, or_, select, text

from clerk_tui.store import number_parts
from clerk_tui.store.core import ORGANISATIONS, PERSONS

CANDIDATES = 400
"""How many rows an index may offer before the rest of the query is checked on them."""

SURNAMES = {
    "曾": ("zeng",), "单": ("shan",), "区": ("ou", "qu"), "覃": ("qin", "tan"), "解": ("xie",), "仇": ("qiu",),
    "查": ("zha",), "盖": ("ge", "gai"), "乐": ("yue", "le"), "朴": ("piao",), "任": ("ren",), "华": ("hua",),
    "翟": ("zhai", "di"), "尉": ("wei", "yu"), "缪": ("miao",), "种": ("chong",), "召": ("shao", "zhao"),
    "黑": ("he", "hei"), "折": ("she",), "教": ("jiao",), "晟": ("cheng", "sheng"), "员": ("yun", "yuan"),
    "过": ("guo",), "逄": ("pang",), "牟": ("mou", "mu"), "秘": ("bi", "mi"), "冼": ("xian",), "洗": ("xian",),
    "沈": ("shen",), "宁": ("ning",), "哈": ("ha",), "葛": ("ge",), "纪": ("ji",), "祭": ("zhai",), "能": ("nai",),
    "繁": ("po", "fan"), "阚": ("kan",), "隗": ("wei", "kui"), "佴": ("nai",), "车": ("che",), "晁": ("chao",),
    "瞿": ("qu",), "燕": ("yan",), "应": ("ying",), "訾": ("zi",), "贲": ("ben",), "曲": ("qu",), "那": ("na",),
    "呙": ("guo",), "尹": ("yin",), "谌": ("chen", "shen"), "长孙": ("zhang sun",), "万俟": ("mo qi",),
    "尉迟": ("yu chi",), "单于": ("chan yu",), "澹台": ("tan tai",), "令狐": ("ling hu",), "宓": ("mi", "fu"),
    "郇": ("xun", "huan"), "洪": ("hong",), "俞": ("yu",), "贾": ("jia",), "卜": ("bu",), "柏": ("bai", "bo"),
    "乜": ("nie",), "尧": ("yao",), "芮": ("rui",), "适": ("kuo",), "巷": ("xiang",), "石": ("shi",),
    "吕": ("lv", "lu"), "闾": ("lv", "lu"), "佘": ("she",), "禤": ("xuan",), "邝": ("kuang",), "麦": ("mai",),
    "褚": ("chu",), "钭": ("tou",), "么": ("yao",), "幺": ("yao",), "厍": ("she",), "撒": ("sa",), "重": ("chong",),
    "侯": ("hou",), "都": ("du",), "大": ("da",), "六": ("lu",), "角": ("jue",), "余": ("yu",), "盛": ("sheng",),
    "藏": ("zang",), "臧": ("zang",), "戚": ("qi",), "相": ("xiang",), "行": ("xing", "hang"), "俱": ("ju",),
    "蕃": ("pi",), "郗": ("xi", "chi"), "郝": ("hao",), "塔": ("ta",), "阿": ("a",), "欧阳": ("ou yang",),
}  # fmt: skip
"""Surnames that read otherwise than the common character; these readings and the common one are all indexed."""

_LATIN = re.compile(r"[0-9a-z]+")
_BREAKS = re.compile(r"[\s·,.;:()\-/'\"]+")


@dataclass(frozen=True)
class Found:
    """A row that fits, and by what: name | pinyin | number | number_tail | number_part | phone | phone_tail | phone_part."""

    row: Row[Any]
    how: str
    exact: bool


def spell(name: str) -> tuple[str, str]:
    """Pinyin initials and full pinyin of a name, one word per reading:
    曾小明 -> ('zxm cxm', 'zengxiaoming cengxiaoming')."""
    readings = _readings(name)
    initials = dict.fromkeys("".join(part[0] for part in reading) for reading in readings if reading)
    pinyin = dict.fromkeys("".join(reading) for reading in readings if reading)
    return " ".join(initials), " ".join(pinyin)


def _readings(name: str) -> list[tuple[str, ...]]:
    from pypinyin import Style, lazy_pinyin  # 0.2 s to import, and only when a name is written

    name = _BREAKS.sub("", name)
    for length in (2, 1):
        heads = SURNAMES.get(name[:length])
        if heads and len(name) >= length:
            tails = _syllables(lazy_pinyin(name[length:], style=Style.NORMAL))
            common = " ".join(_syllables(lazy_pinyin(name[:length], style=Style.NORMAL)))  # as most people type it
            return [(*head.split(), *tails) for head in dict.fromkeys((*heads, common))]
    return [tuple(_syllables(lazy_pinyin(name, style=Style.NORMAL)))]


def _syllables(parts: Iterable[str]) -> list[str]:
    cleaned = ("".join(_LATIN.findall(part.lower().replace("ü", "v"))) for part in parts)
    return [part for part in cleaned if part]


def terms(name: str, initials: str, pinyin: str) -> str:
    """What the index holds of a name: characters, bigrams, Latin words, pinyin and initials."""
    found: dict[str, None] = {}
    for piece in _BREAKS.split(name.lower().replace("·", "")):
        for run in re.findall(r"[0-9a-z]+|[^0-9a-z]+", piece):
            if _LATIN.fullmatch(run):
                found[run] = None
            else:
                found.update(dict.fromkeys(run))
                found.update(dict.fromkeys(one + other for one, other in pairwise(run)))
    found.update(dict.fromkeys(initials.split()))
    found.update(dict.fromkeys(pinyin.split()))
    return " ".join(found)


def index_person(connection: Connection, seek: int, name: str, initials: str, pinyin: str) -> None:
    """Add a person's name to the full-text index (SQLite; elsewhere the columns themselves are searched)."""
    _index(connection, "person_text", seek, terms(name, initials, pinyin))


def drop_person(connection: Connection, seek: int, name: str, initials: str, pinyin: str) -> None:
    """Take a person's name out of the index; the arguments are those it was added with."""
    _drop(connection, "person_text", seek, terms(name, initials, pinyin))


def index_organisation(connection: Connection, seek: int, name: str, initials: str) -> None:
    _index(connection, "organisation_text", seek, terms(name, initials, ""))


def drop_organisation(connection: Connection, seek: int, name: str, initials: str) -> None:
    _drop(connection, "organisation_text", seek, terms(name, initials, ""))


def _index(connection: Connection, table: str, seek: int, words: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(
            text(f"INSERT INTO {table}(rowid, terms) VALUES (:seek, :terms)"), {"seek": seek, "terms": words}
        )


def _drop(connection: Connection, table: str, seek: int, words: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(
            text(f"INSERT INTO {table}({table}, rowid, terms) VALUES ('delete', :seek, :terms)"),
            {"seek": seek, "terms": words},
        )


def find_persons(connection: Connection, query: str, limit: int = 20) -> tuple[Found, ...]:
    """Persons that fit every word of the query, exact ones first. A merged person is told as the one kept."""
    found = _find(connection, query, limit, _PERSON)
    kept: dict[str, Found] = {}
    for one in found:
        row = one.row
        while row.merged_into is not None:
            row = connection.execute(select(PERSONS).where(PERSONS.c.id == row.merged_into)).one()
        kept.setdefault(row.id, Found(row, one.how, one.exact))
    return tuple(kept.values())


def find_organisations(connection: Connection, query: str, limit: int = 20) -> tuple[Found, ...]:
    """Organisations that fit every word of the query, exact ones first."""
    return tuple(_find(connection, query, limit, _ORGANISATION))


@dataclass(frozen=True)
class _Kind:
    """Where a kind of party keeps what is searched."""

    table: Table
    text: str
    number: str
    tail: str
    hidden: Callable[[], ColumnElement[bool] | None]


_PERSON = _Kind(PERSONS, "person_text", "id_number", "id_tail", lambda: PERSONS.c.merged_into.is_(None))
_ORGANISATION = _Kind(ORGANISATIONS, "organisation_text", "uscc", "uscc_tail", lambda: None)

_NUMBER, _TAIL, _NAME, _LETTERS, _CHARACTER, _SHORT = range(6)
"""Kinds of words in a query, the most telling first."""


def words_of(query: str) -> list[str]:
    """The words of a query, folded; Latin words side by side are one word, as pinyin is kept."""
    folded = unicodedata.normalize("NFKC", query).lower().replace("ü", "v").replace("·", "")
    words: list[str] = []
    for word in folded.split():
        word = "".join(character for character in word if character.isalnum())
        if word and words and word.isascii() and word.isalpha() and words[-1].isascii() and words[-1].isalpha():
            words[-1] += word
        elif word:
            words.append(word)
    return words[:6]


def _sort_of(word: str) -> int:
    if not word.isascii():
        return _NAME if len(word) > 1 else _CHARACTER
    if word.isalpha():
        return _LETTERS if len(word) > 1 else _SHORT
    if len(word) >= 8:
        return _NUMBER
    return _TAIL if len(word) >= 4 else _SHORT


def _find(connection: Connection, query: str, limit: int, kind: _Kind) -> list[Found]:
    words = sorted(words_of(query), key=_sort_of)
    if not words or _sort_of(words[0]) == _SHORT:
        return []
    seen: dict[str, Found] = {}
    for rows in _candidates(connection, words, limit, kind):
        for row in rows:
            hows = [_fits(row, word, kind) for word in words]
            if row.id not in seen and all(hows):
                how, exact = next(one for one in hows if one)
                seen[row.id] = Found(row, how, exact)
        if len(seen) >= limit:
            break
    return sorted(seen.values(), key=lambda one: not one.exact)[:limit]


def _candidates(connection: Connection, words: list[str], limit: int, kind: _Kind) -> Iterable[list[Row[Any]]]:
    """Rows that may fit all the words, the likeliest first; the caller checks each of them and stops when it has enough."""
    table, word, sort = kind.table, words[0], _sort_of(words[0])
    if sort in (_NUMBER, _TAIL):
        number = table.c[kind.number]
        yield _rows(connection, kind, or_(number == word.upper(), table.c.phone == word), limit, hidden=True)
    elif sort == _NAME:
        yield _rows(connection, kind, table.c.name == word, limit)
    if connection.dialect.name != "sqlite":
        if len(words) == 1 and sort in (_NUMBER, _TAIL):
            ends = or_(table.c[kind.tail] == word.upper()[-4:], table.c.phone_tail == word[-4:])
            yield _rows(connection, kind, ends, CANDIDATES)
        yield _rows(connection, kind, and_(*(_like(one, kind) for one in words if _sort_of(one) != _SHORT)), CANDIDATES)
        return
    if len(words) == 1 and sort in (_NUMBER, _TAIL):
        yield _at(connection, kind, number_parts.seeks_ending(connection, table.name, word, limit))
    elif len(words) == 1 and sort == _LETTERS:
        yield _at(connection, kind, _seeks(connection, [_matching(kind, f'"{word}"', 0)], limit))
    queries = [_indexed(kind, one, n) for n, one in enumerate(words) if _sort_of(one) != _SHORT]
    for reach in (3 * limit, CANDIDATES):
        seeks = _seeks(connection, queries, reach)
        yield _at(connection, kind, seeks)
        if len(seeks) < reach:  # the index has told all that it has
            return


_Query = tuple[str, dict[str, str]]
"""A query for numbers of rows (`seek`), and its values."""


def _indexed(kind: _Kind, word: str, n: int) -> _Query:
    """Which rows hold a word by its index; `n` keeps the values of several words apart."""
    sort = _sort_of(word)
    if sort in (_NUMBER, _TAIL):
        return number_parts.holding(kind.table.name, word, n)
    if sort == _LETTERS:  # a range of terms costs what is told; the index's own prefix query reads all of them first
        values = {f"first{n}": word, f"after{n}": word + "~"}
        return f"SELECT doc AS seek FROM {kind.text}_terms WHERE term >= :first{n} AND term < :after{n}", values
    grams = [one + other for one, other in pairwise(word)] or [word]
    runs = [gram for gram in dict.fromkeys(grams) if not any(part.isascii() for part in gram)]
    return _matching(kind, " AND ".join(f'"{gram}"' for gram in runs or [word[0]]), n)


def _matching(kind: _Kind, match: str, n: int) -> _Query:
    """Rows whose name's index matches, newest first."""
    where = f"WHERE {kind.text} MATCH :match{n} ORDER BY rowid DESC"
    return f"SELECT rowid AS seek FROM {kind.text} {where}", {f"match{n}": match}


def _seeks(connection: Connection, queries: list[_Query], reach: int) -> list[int]:
    """Numbers of rows that all the queries tell, in the order of the first."""
    (driver, values), others = queries[0], queries[1:]
    also = " AND ".join(f"seek IN (SELECT seek FROM ({query}))" for query, _ in others)
    statement = text(f"SELECT seek FROM ({driver}) {f'WHERE {also} ' if also else ''}LIMIT :reach")
    every = {name: value for more in (values, *(more for _, more in others)) for name, value in more.items()}
    return [int(seek) for (seek,) in connection.execute(statement, {**every, "reach": reach})]


def _like(word: str, kind: _Kind) -> ColumnElement[bool]:
    """A word in the columns themselves, for databases without our index."""
    table, sort = kind.table, _sort_of(word)
    if sort in (_NUMBER, _TAIL):
        return or_(table.c[kind.number].like(f"%{word.upper()}%"), table.c.phone.like(f"%{word}%"))
    like = f"%{word}%" if sort in (_NAME, _CHARACTER) else f"{word}%"
    columns = [table.c.name, table.c.initials] + ([table.c.pinyin] if "pinyin" in table.c else [])
    return or_(*(column.ilike(like) for column in columns))


def _rows(
    connection: Connection, kind: _Kind, where: ColumnElement[bool], reach: int, *, hidden: bool = False
) -> list[Row[Any]]:
    statement = select(kind.table).where(where)
    shown = kind.hidden()
    if shown is not None and not hidden:
        statement = statement.where(shown)
    return list(connection.execute(statement.limit(reach)).all())


def _at(connection: Connection, kind: _Kind, seeks: list[int]) -> list[Row[Any]]:
    """Rows by their numbers in the index, newest first."""
    if not seeks:
        return []
    rows = connection.execute(select(kind.table).where(kind.table.c.seek.in_(seeks))).all()
    return sorted(rows, key=lambda row: -int(row.seek))


def _fits(row: Row[Any], word: str, kind: _Kind) -> tuple[str, bool] | None:
    """By what a row fits one word, and whether wholly; None when it does not."""
    number, phone = str(getattr(row, kind.number) or "").lower(), row.phone or ""
    name = "".join(character for character in row.name.lower() if character.isalnum())
    if word in name:
        return "name", word == name
    if word.isascii() and word.isalpha():
        spelt = [*row.initials.split(), *getattr(row, "pinyin", "").split()]
        if any(one.startswith(word) for one in spelt):
            return "pinyin", word in spelt
    if number.endswith(word):
        return ("number", True) if word == number else ("number_tail", False)
    if word.isdigit() and phone.endswith(word):
        return ("phone", True) if word == phone else ("phone_tail", False)
    if len(word) >= number_parts.PIECE:
        if word in number:
            return "number_part", False
        if word.isdigit() and word in phone.replace("-", "").replace(" ", ""):
            return "phone_part", False
    return None
