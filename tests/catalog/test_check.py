"""The lint: every kind of fault is found, and named by file, item and what is wrong."""

import shutil
from pathlib import Path

import pytest

from clerk_tui.catalog.check import check

LAOREN = "items/laoren-youdaika.yaml"
CHUSHENG = "packages/chusheng.yaml"

FAULTS = [
    # YAML itself
    (LAOREN, "key: laoren-youdaika", "key: [laoren", "YAML 写法有误"),
    (LAOREN, "code: mz05", "code: mz05\ncode: mz05", "[code]写了两次"),
    (LAOREN, "fields:\n", "fields:\n\t- {}\n", "YAML 写法有误"),
    # shape
    (LAOREN, "handling: 承诺件", "handling: 及办件", 'handling 只能是 即办件、承诺件, 现为 "及办件"'),
    (LAOREN, "visits: 1", "visits: 一", 'visits 应为整数, 现为 "一"'),
    (LAOREN, "visits: 1\n", "visits: 1.5\n", "visits 应为整数"),
    (LAOREN, "visits: 1\n", "visits: -1\n", "visits 不能小于 0"),
    (LAOREN, "office: 镇街民政窗口\n", "", "缺少 office"),
    (LAOREN, "office:", "offise: x\noffice:", "不认识 offise"),
    (LAOREN, "code: mz05", "code: MZ5", 'code 写法不对: "MZ5"'),
    (LAOREN, "text: 身份类型", "text: ''", "questions.who.text 不能为空"),
    (LAOREN, "id: army,", "id: 1,", "应为文字, 现为 1"),
    (LAOREN, "{days: 15, unit: working", "{days: 15, unit: workday", "promise.unit 只能是 working、calendar、hour"),
    (LAOREN, "legal: null", "legal: {days: x, unit: working}", "legal.days 应为整数"),
    (LAOREN, "marks: [网上办, ", "marks: [马上就办, ", "marks.第1个 只能是"),
    (LAOREN, "ask_who: false", "ask_who: no", "ask_who 应为true 或 false"),
    # references
    (LAOREN, "key: laoren-youdaika", "key: laoren-ka", "文件名应为 laoren-ka.yaml"),
    (LAOREN, "code: mz05", "code: mz04", "短码 mz04 已被"),
    (LAOREN, "code: mz05", "code: yj01", "短码 yj01 已被"),
    (LAOREN, "base_materials: [id_card, photo]", "base_materials: [id_card, foto]", "[foto]不是本事项的材料"),
    (LAOREN, "add: [army_proof]", "add: [army]", "问题 who 选项 army 提到的材料[army]不存在"),
    (LAOREN, "add: [army_proof]", "drop: [armee]", "提到的材料[armee]不存在"),
    (LAOREN, "add: [army_proof]", "fields: [rank]", "提到的字段[rank]不存在"),
    (LAOREN, "add: [army_proof]", "stop: 转办, goto: junxiu", "goto[junxiu]不是本目录的事项"),
    (LAOREN, "add: [army_proof]", "goto: dibao", "有 goto 却没有 stop 说明"),
    (LAOREN, "add: [army_proof]", "stop: 重来, goto: laoren-youdaika", "goto 指向自己"),
    (LAOREN, "add: [army_proof]", "alone: true", "写了 alone, 但不是多选题"),
    (LAOREN, "evidence: hukou", "evidence: hukoubo", "证据种类[hukoubo]不在 evidence.yaml 里"),
    (LAOREN, "holder: agent", "holder: agents", "持有人[agents]不在 holders 里"),
    (LAOREN, "source_refs: [gz_laoren,", "source_refs: [gz_nobody,", "[gz_nobody]不在 sources.yaml 里"),
    (LAOREN, "regime: service", "regime: servis", "没有[servis]这种法律类型"),
    (LAOREN, "- id: photo\n    evidence", "- id: hukou\n    evidence", "材料[hukou]出现 2 次"),
    (LAOREN, "  - id: who\n", "  - id: act\n", "问题[act]出现 2 次"),
    (LAOREN, "{id: lost, label", "{id: up, label", "问题 act 的选项[up]出现 2 次"),
    (LAOREN, "text: 身份类型", "text: 身份类型\n    ask_when: {by: [self]}", "[by]不是前面的问题"),
    (LAOREN, "text: 身份类型", "text: 身份类型\n    ask_when: {act: [old]}", "问题 act 没有选项[old]"),
    (LAOREN, "required: true, options: [镇街政务中心, 邮寄]", "required: true", "字段 pickup 是单选, 却没有选项"),
    (LAOREN, "from_material: photo", "from_material: foto", "from_material[foto]"),
    # integrity rules of published item lists
    (LAOREN, "handling: 承诺件", "handling: 即办件", "即办件必须是 0"),
    (LAOREN, "promise: {days: 15,", "promise: {days: 0,", "承诺件必须大于 0"),
    (LAOREN, "legal: null", "legal: {days: 10, unit: working}", "承诺 15 工作日 长于法定 10 工作日"),
    (LAOREN, "marks: [网上办,", "marks: [马上办, 网上办,", "标了马上办, 但不是即办件"),
    (LAOREN, "visits: 1\n", "visits: 2\n", "标了一次办, 但要到场 2 次"),
    (LAOREN, "visits_reason: 核验人证、领卡激活\n", "", "没有写原因"),
    (LAOREN, "channels: [窗口, 网上, 移动端, 代办]", "channels: [窗口]", "办理渠道里没有网上"),
    (LAOREN, "fen: 0}", "fen: 500}", "收费事项须写收费项目名称和依据"),
    (LAOREN, "senior: core", "senior: core\nconsult_phone: '12345'\ncomplaint_phone: '12345'", "电话不能相同"),
    (LAOREN, "name: 广州市老年人优待卡, kind: 证照", "name: 优待证, kind: 回执", "应为出证办结"),
    (LAOREN, "{accept: hall, decide: department}", "{accept: hall, decide: hall}", "只有即办件可由大厅当场决定"),
    ("items/dibao.yaml", "decide: department", "decide: department, deciders: [clerk]", "power.deciders 与 power.decide"),
    ("items/gt-sheli.yaml", "stages: [受理, 审核,", "stages: [受理,", "行政许可的环节"),
    ("items/spjy-xuke.yaml", "faq:", "old_faq:", "不认识 old_faq"),
    ("items/linshi-jiuzhu.yaml", "basic_code: '4", "basic_code: '4x", "basic_code 写法不对"),
    ("items/linshi-jiuzhu.yaml", "11440113G340853792", "11440113G340853793", "实施主体"),
    # tolerance
    (LAOREN, "- id: id_card\n    evidence: id_card", "- id: id_card\n    evidence: id_card\n    example_days: 5", "身份证件, 不得容缺"),
    ("items/dibao.yaml", "- id: form\n", "- id: form\n    example_days: 3\n", "材料 form 是申请表, 不得容缺"),
    ("items/chusheng-hukou.yaml", "evidence: birth_cert\n", "evidence: birth_cert\n    example_days: 5\n", "核心材料, 不得容缺"),
    (LAOREN, "evidence: id_card", "evidence: id_card\n    core: false", "必须是核心材料"),
    # dates, screen
    (LAOREN, "valid_from: '2026-01-01'", "valid_from: '2026-02-30'", "没有这一天"),
    (LAOREN, "valid_to: null", "valid_to: '2025-12-31'", "早于起"),
    (LAOREN, "text: 身份类型", 'text: "身份\\u202e类型"', "控制字符"),
    # packages
    (CHUSHENG, "members: [shengyu-dengji,", "members: [shengyu,", "成员[shengyu]不是本目录的事项"),
    (CHUSHENG, "order: [[shengyu-dengji],", "order: [[chusheng-hukou],", "出现 2 次, 应为 1 次"),
    (CHUSHENG, "order: [[shengyu-dengji], [chusheng-hukou], [jmyb-canbao", "order: [[shengyu-dengji], [jmyb-canbao, chusheng-hukou", "之前的阶段"),
    (CHUSHENG, "material: hukou}", "material: huko}", "没有材料[huko]"),
    (CHUSHENG, "evidence: marriage", "evidence: wedding", "证据种类[wedding]不在"),
    (CHUSHENG, "evidence: marriage", "evidence: check_auth", "没有成员要"),
    (CHUSHENG, "source_refs: [zs_birth]", "source_refs: [zs]", "[zs]不在 sources.yaml 里"),
    ("packages/kaidian.yaml", "choose_one: [[spjy-xuke,", "choose_one: [[dibao,", "choose_one 里的[dibao]不是成员"),
    ("packages/shenhou.yaml", "stops: [changshou-jin,", "stops: [siwang-zhuxiao,", "不能同时停办"),
    # common files
    ("evidence.yaml", "identity: true", "identity: 是", "应为true 或 false"),
    ("sources.yaml", "tier: repost}", "tier: copy}", "tier 只能是"),
    ("catalogue.yaml", "add: [agent_id, proxy]", "add: [agent_id, proxi]", "[proxi]不在 who_materials 里"),
    ("catalogue.yaml", "evidence: proxy", "evidence: proxi", "证据种类[proxi]不在"),
]  # fmt: skip


def test_the_shipped_catalogue_has_no_fault_and_no_advice(shipped: Path) -> None:
    catalogue, faults = check(shipped)
    assert [fault.line for fault in faults] == []
    assert catalogue is not None


@pytest.mark.parametrize(("file", "old", "new", "words"), FAULTS, ids=[f"{f[0]}:{f[3]}" for f in FAULTS])
def test_a_fault_is_named(edited, file: str, old: str, new: str, words: str) -> None:  # type: ignore[no-untyped-def]
    catalogue, faults = check(edited(file, old, new))
    assert catalogue is None
    named = [fault for fault in faults if words in fault.words]
    assert named, [fault.line for fault in faults]
    assert all(fault.file == file for fault in named) or "短码" in words
    if file.startswith("items/") and "YAML" not in words and "两次" not in words:
        assert all(fault.item for fault in named)


def test_advice_does_not_keep_the_catalogue_from_being_used(edited) -> None:  # type: ignore[no-untyped-def]
    catalogue, faults = check(edited(LAOREN, "text: 身份类型", "text: 身份→类型"))
    assert catalogue is not None
    assert [(fault.grave, "宽度不定" in fault.words) for fault in faults if fault.file == LAOREN] == [(False, True)]
    assert not any(fault.grave for fault in faults)


def test_an_unused_material_is_mentioned(edited) -> None:  # type: ignore[no-untyped-def]
    catalogue, faults = check(edited(LAOREN, ", add: [army_proof]", ""))
    assert catalogue is not None
    assert [fault.words for fault in faults] == ["材料 army_proof 从未被要求"]


def test_the_line_of_a_yaml_fault_is_told(edited) -> None:  # type: ignore[no-untyped-def]
    _, faults = check(edited(LAOREN, "code: mz05", "code: mz05\ncode: mz06"))
    assert faults[0].line == f"{LAOREN}: 第 5 行第 1 列: [code]写了两次"


def test_words_that_yaml_would_take_for_something_else_stay_words(edited) -> None:  # type: ignore[no-untyped-def]
    catalogue, faults = check(edited("items/juzhu-dengji.yaml", "{id: own,", "{id: no,"))
    assert catalogue is not None, faults
    assert "no" in [option.id for q in catalogue.item("juzhu-dengji").questions for option in q.options]


@pytest.mark.parametrize("content", [b"", b"- 1\n", b"key: \xff\xfe\n", b"&a [*a]\n", b"\x00"])
def test_files_that_are_no_item_at_all(edited, content: bytes) -> None:  # type: ignore[no-untyped-def]
    folder = edited(LAOREN, "key", "key")
    (folder / "items/odd.yaml").write_bytes(content)
    catalogue, faults = check(folder)
    assert catalogue is None
    assert [fault.file for fault in faults] == ["items/odd.yaml"]


def test_missing_parts_of_a_folder(shipped: Path, tmp_path: Path) -> None:
    assert check(tmp_path / "nothing")[1][0].words == "找不到这个目录文件夹"
    folder = tmp_path / "catalog"
    shutil.copytree(shipped, folder)
    (folder / "evidence.yaml").unlink()
    assert ("evidence.yaml", "缺少这个文件") in {(fault.file, fault.words) for fault in check(folder)[1]}
    shutil.copy(shipped / "evidence.yaml", folder)
    shutil.rmtree(folder / "items")
    assert "没有任何事项文件" in {fault.words for fault in check(folder)[1]}
