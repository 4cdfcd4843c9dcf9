"""What the desk can do, in words: typed into the find box, with or without an F-key."""

from typing import NamedTuple


class Command(NamedTuple):
    """`action` is an action of the workbench; `also` are other words and initials that find it."""

    action: str
    words: str
    also: tuple[str, ...]
    hint: str = ""


COMMANDS = (
    Command("issue_ticket", "取号", ("qh", "号票", "quhao"), "给来人一个号"),
    Command("call_next", "叫号", ("jh", "下一位"), "F5"),
    Command("call_again", "重呼", ("ch", "再叫"), "F6"),
    Command("hold", "挂起", ("gq", "guaqi"), "F7"),
    Command("held", "挂起单", ("gqd",), "F8"),
    Command("missed", "过号单", ("ghd", "过号"), "没来的号, 回来了重新排"),
    Command("open_walk_in", "无号到访", ("whdf", "直接办理"), "没有号的人直接办"),
    Command("only_asked", "咨询", ("zx", "只咨询", "问"), "只是问问, 记进本次到访"),
    Command("person", "居民", ("jm", "来人", "合并", "看号码", "补号码"), "代办依据, 改资料, 补号码, 合并, 看完整号码"),
    Command("authority", "代办依据", ("dbyj", "代办", "委托", "监护", "经办"), "来人替谁办, 凭什么"),
    Command("agency_register", "代办台账", ("dbtz", "台账"), "凭代办依据办的件, 可打印"),
    Command("back_entry", "补录", ("bl", "事后录入", "手写"), "停电断网时手写收的件, 按实际收件日录入"),
    Command("finish_visit", "结束到访", ("jsdf", "办完", "完成"), "本次到访办完了"),
    Command("reopen_visit", "撤销结束", ("cxjs", "撤销办完"), "刚才结束错了, 接着办(主管)"),
    Command("transfer_ticket", "转窗", ("zc", "转号"), "换窗口或类别, 号和等候时间不变"),
    Command("reclass_ticket", "改类别", ("glb", "改优先"), "改号的优先类别"),
    Command("mark_left", "已离开", ("ylk", "走了"), "等的人走了"),
    Command("release_ticket", "解开卡住的号", ("jk", "释放"), "主管: 别的窗口卡住的号"),
    Command("pause", "暂停", ("zt", "休息"), "暂停本窗, 写明原因"),
    Command("back_office", "后台", ("ht", "后台工作"), "不接待, 做后台的事"),
    Command("end_duty", "恢复叫号", ("hf", "恢复", "回来"), "结束暂停或后台"),
    Command("book", "预约", ("yy",), "约一个时段再来"),
    Command("appointments", "预约单", ("yyd",), "今天的预约, 到场签到"),
    Command("close_day", "日结", ("rj", "结束一天"), "每个未了的号都有去处"),
    Command("board", "大厅情况", ("dtqk", "大厅", "窗口"), "各窗口在做什么, 什么逾期了; 主管"),
    Command(
        "hall_settings", "大厅资料", ("dtzl", "电话", "地址", "类别"), "文书上的电话、地址、办公时间, 业务类别; 主管"
    ),
    Command("print_queue", "打印队列", ("dydl", "打印", "补打"), "还没打出来的文书, 再打或不打"),
    Command("authorisation", "授权委托书", ("sqwts", "委托书"), "给眼前的人打一份空白委托书"),
    Command("elder_wish", "老年人真实意愿确认", ("lnr", "意愿", "lnryy"), "户口、房屋的事, 问老人自己愿不愿意"),
    Command("theme", "主题", ("zt", "颜色", "配色"), "换颜色"),
    Command("lock", "锁屏", ("sp", "锁"), "离开时盖住屏幕"),
    Command("change_pin", "改密码", ("gmm",), "改自己的密码"),
    Command("sign_off", "签退", ("qt", "退出登录", "换人"), "换人或下班"),
    Command("staff", "人员", ("ry", "工号"), "工号, 岗位, 重设密码, 解锁"),
    Command("app.jump", "跳转", ("tz", "跳到"), "Ctrl+P; 每一格一个字母"),
    Command("key_help", "按键说明", ("ajsm", "帮助", "bz"), "所有的键和字"),
    Command("app.quit", "退出程序", ("tc", "退出"), "Ctrl+Q"),
)


def find_commands(text: str) -> tuple[Command, ...]:
    """Commands that the text begins or names; nothing for one ASCII letter, which begins too many names."""
    wanted = text.strip().lower()
    if not wanted or (len(wanted) == 1 and wanted.isascii()):
        return ()
    exact = [one for one in COMMANDS if wanted == one.words or wanted in one.also]
    begun = [
        one
        for one in COMMANDS
        if one not in exact and (wanted in one.words or any(word.startswith(wanted) for word in one.also))
    ]
    return (*exact, *begun)
