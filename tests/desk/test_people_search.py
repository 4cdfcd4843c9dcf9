"""Finding people by any piece of what one knows about them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from clerk_tui.store import people_search
from clerk_tui.store.act import new_id
from clerk_tui.store.core import META, PERSONS
from clerk_tui.store.engine import Store
from clerk_tui.store.schema import create, migrate

PEOPLE = (
    ("曾小明", "440113195501010015", "13800003210"),
    ("曾小明", "440113199003070021", "13911112222"),
    ("单于飞", "810000199001010019", ""),
    ("单晓", "E12345678", "+852 91234567"),
    ("区小明", None, "13700009999"),
    ("覃芳", None, ""),
    ("解晓东", None, ""),
    ("仇英", None, ""),
    ("查良", None, ""),
    ("盖文", None, ""),
    ("乐文", None, ""),
    ("吕布", None, ""),
    ("欧阳小明", None, ""),
    ("阿依古丽·买买提", None, ""),
    ("John Smith", None, ""),
    ("𠮷田", None, ""),
    ("陈O", None, ""),
)


def add(store: Store, people) -> None:
    with store.write() as connection:
        for seek, (name, number, phone) in enumerate(people, start=1):
            initials, pinyin = people_search.spell(name)
            connection.execute(
                insert(PERSONS).values(
                    id=new_id(),
                    seek=seek,
                    name=name,
                    initials=initials,
                    pinyin=pinyin,
                    id_kind="resident_id" if number else "",
                    id_number=number,
                    id_tail=(number or "")[-4:],
                    phone=phone,
                    phone_tail="".join(filter(str.isdigit, phone))[-4:],
                    made_at=0,
                )
            )
            people_search.index_person(connection, seek, name, initials, pinyin)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = create(tmp_path_factory.mktemp("search") / "s.db")
    add(opened, PEOPLE)
    yield opened
    opened.close()


def names(store: Store, query: str) -> list[str]:
    with store.read() as connection:
        return [found.row.name for found in people_search.find_persons(connection, query)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("曾小明", {"曾小明"}),
        ("小明", {"曾小明", "区小明", "欧阳小明"}),
        ("明", {"曾小明", "区小明", "欧阳小明"}),
        ("曾明", set()),
        ("zxm", {"曾小明"}),
        ("zeng", {"曾小明"}),
        ("zengxiaoming", {"曾小明"}),
        ("zeng xiao ming", {"曾小明"}),
        ("oxm", {"区小明"}),
        ("qxm", {"区小明"}),
        ("oyxm", {"欧阳小明"}),
        ("shanxiao", {"单晓"}),
        ("chanyu", {"单于飞"}),
        ("tan", {"覃芳"}),
        ("qf", {"覃芳"}),
        ("xiexiaodong", {"解晓东"}),
        ("qiuying", {"仇英"}),
        ("zhal", {"查良"}),
        ("gewen", {"盖文"}),
        ("yuewen", {"乐文"}),
        ("lewen", {"乐文"}),
        ("lvbu", {"吕布"}),
        ("lü", {"吕布"}),
        ("阿依古丽", {"阿依古丽·买买提"}),
        ("阿依古丽·买买提", {"阿依古丽·买买提"}),
        ("smith", {"John Smith"}),
        ("john smith", {"John Smith"}),
        ("𠮷田", {"𠮷田"}),
        ("0015", {"曾小明"}),
        ("010015", {"曾小明"}),
        ("440113195501010015", {"曾小明"}),
        ("４４０１１３１９５５０１０１００１５", {"曾小明"}),
        ("e12345678", {"单晓"}),
        ("3210", {"曾小明"}),
        ("13700009999", {"区小明"}),
        ("91234567", {"单晓"}),
        ("曾 2222", {"曾小明"}),
        ("2222 zxm", {"曾小明"}),
        ("区 2222", set()),
        ("不存在", set()),
        ("", set()),
        ("a", set()),
        ("12", set()),
        ('" OR 1=1 --', set()),
        ("NEAR(小 明)", set()),
        ("*", set()),
        ("😀", set()),
    ],
)
def test_what_finds_whom(store, query, expected):
    assert set(names(store, query)) == expected


def test_exact_ones_come_first(tmp_path):
    opened = create(tmp_path / "s.db")
    add(opened, [("陈英", None, ""), *[(f"陈英{one}", None, "") for one in "杰豪强军红"]])
    assert names(opened, "陈英")[0] == "陈英" and len(names(opened, "陈英")) == 6
    opened.close()


def test_how_it_was_found(store):
    with store.read() as connection:
        for query, how, exact in (
            ("440113195501010015", "number", True),
            ("0015", "number_tail", False),
            ("13800003210", "phone", True),
            ("3210", "phone_tail", False),
            ("zxm", "pinyin", True),
            ("曾小明", "name", True),
        ):
            found = people_search.find_persons(connection, query)[0]
            assert (found.how, found.exact) == (how, exact), query


def test_a_renamed_person_leaves_the_old_name(tmp_path):
    opened = create(tmp_path / "s.db")
    add(opened, [("陈志英", None, "")])
    with opened.write() as connection:
        people_search.drop_person(connection, 1, "陈志英", *people_search.spell("陈志英"))
        people_search.index_person(connection, 1, "陈智英", *people_search.spell("陈智英"))
        connection.execute(PERSONS.update().values(name="陈智英"))
    assert names(opened, "志英") == [] and names(opened, "智英") == ["陈智英"]
    opened.close()


PIECES_OF_VERSION_1 = """
CREATE VIRTUAL TABLE {0}_numbers USING fts5(parts, content='', detail=none);
CREATE TRIGGER {0}_numbers_put AFTER INSERT ON {0} BEGIN
    INSERT INTO {0}_numbers(rowid, parts) VALUES (new.seek, substr(new.phone, 1, 4)); END;
CREATE TRIGGER {0}_numbers_move AFTER UPDATE OF seek, phone ON {0} BEGIN
    INSERT INTO {0}_numbers(rowid, parts) VALUES (new.seek, substr(new.phone, 1, 4)); END;
CREATE TRIGGER {0}_numbers_drop AFTER DELETE ON {0} BEGIN
    INSERT INTO {0}_numbers({0}_numbers, rowid, parts) VALUES ('delete', old.seek, substr(old.phone, 1, 4)); END;
DROP TRIGGER {0}_endings_put; DROP TRIGGER {0}_endings_move; DROP TRIGGER {0}_endings_drop;
DROP TABLE {0}_text_terms; DROP TABLE {0}_endings_terms; DROP TABLE {0}_endings;
"""


def test_a_store_of_the_first_version_finds_parts_of_numbers_after_its_migration(tmp_path):
    opened = create(tmp_path / "s.db")
    connection = opened.engine.raw_connection()
    for table in ("person", "organisation"):
        connection.executescript(PIECES_OF_VERSION_1.format(table))
    connection.close()
    add(opened, PEOPLE)
    with opened.write() as writing:
        writing.execute(update(META).where(META.c.name == "schema_version").values(value="1"))
    assert migrate(opened, 1, clock_ms=1_763_948_460_000, target=2)
    assert names(opened, "9550101") == ["曾小明"] and names(opened, "1111") == ["曾小明"]
    with opened.write() as writing:
        writing.execute(PERSONS.update().where(PERSONS.c.seek == 2).values(phone="13966667777"))
    assert names(opened, "1111") == [] and names(opened, "6666") == ["曾小明"]
    with opened.read() as reading:
        left = reading.exec_driver_sql("SELECT name FROM sqlite_master WHERE name LIKE '%_numbers%'").all()
    assert left == []
    opened.close()


def test_two_words_find_the_one_among_a_thousand_that_fits_both(tmp_path):
    opened = create(tmp_path / "s.db")
    strangers = [(f"陈{chr(0x4E00 + n)}", f"440113{19500101 + n}0021", "") for n in range(1000)]
    add(opened, [("麦玉婷", "440113196003040021", "13900001111"), *strangers])
    for query in ("麦玉婷 0021", "0021 麦", "maiyuting 0021", "1960 麦玉", "myt 19600304"):
        assert names(opened, query) == ["麦玉婷"], query
    opened.close()


def test_any_part_of_a_number_costs_what_is_told_not_what_is_kept(tmp_path):
    """Steps of SQLite's machine for the commonest parts (every number begins with one), in two sizes of store."""
    steps = {}
    for size in (100, 3000):
        opened = create(tmp_path / f"{size}.db")
        add(opened, [(f"陈{n}", f"440113{19500101 + n}{n:04}", f"139{n:08}") for n in range(size)])
        with opened.read() as connection:
            raw = connection.connection.driver_connection
            for part in ("440113", "4401131950", "9500", "0002"):
                counted = []
                raw.set_progress_handler(lambda counted=counted: counted.append(1), 10)
                assert people_search.find_persons(connection, part, 8)
                raw.set_progress_handler(None, 0)
                steps[size, part] = len(counted)
        opened.close()
    assert all(steps[3000, part] < 2 * steps[100, part] for _, part in steps), steps


@settings(max_examples=60, deadline=None)
@given(name=st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6), data=st.data())
def test_every_piece_of_every_name_finds_it(tmp_path_factory, name, data):
    opened = create(tmp_path_factory.mktemp("any") / "s.db")
    add(opened, [(name, None, "")])
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert names(opened, name[start:end]) == [name]
    opened.close()


@settings(max_examples=80, deadline=None)
@given(query=st.text(max_size=30))
def test_no_query_breaks_the_search(store, query):
    names(store, query)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("曾小明", "zxm cxm zengxiaoming cengxiaoming"),
        ("单文辉", "swh dwh shanwenhui danwenhui"),
        ("区建明", "ojm qjm oujianming qujianming"),
        ("覃秀兰", "qxl txl qinxiulan tanxiulan"),
    ],
)
def test_a_surname_is_indexed_as_it_is_read_and_as_its_character_is(name, wanted):
    assert " ".join(people_search.spell(name)) == wanted


def test_every_surname_reading_is_spelt_in_lower_case_letters():
    for surname, readings in people_search.SURNAMES.items():
        initials, pinyin = people_search.spell(surname + "明")
        assert {reading.replace(" ", "") + "ming" for reading in readings} <= set(pinyin.split())
        assert all(one.isascii() and one.islower() for one in (initials + pinyin).replace(" ", ""))
