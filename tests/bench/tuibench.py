#!/usr/bin/env python3
"""tuibench - drive any full-screen terminal program in a pty and time what a user would see.

    tuibench.py --ready 'Name' --keys down:100 --idle 10 --runs 5 --json out.json -- htop
    tuibench.py --ready '受理' --scenario intake.txt -- clerk-tui
    tuibench.py --compare ours.json peer.json          side by side, ratio to the first file

Every run: spawn -> first text -> --ready regex -> settled, then the steps in order
(--prep, then the scenario file, then the steps made from --keys/--burst/--hold/--idle).

Scenario lines ('#' starts a comment line):
  key f2 [3]          press a key (n times, settling after each), untimed
  type 张三            send text in one write, untimed
  expect REGEX        wait for the regex on the screen; fails the run if it never comes
  settle              wait until output has been quiet for --settle ms
  mark NAME           time since the previous mark (or since 'settled' of the start), and bytes written
  keys down 100       latency of 100 single presses ('keys abc 30' cycles the letters)
  burst TEXT          send TEXT in one write, wait until all of it stands on the screen
  hold pagedown 50 30 50 repeats at 30/s (0 = all in one write) until settled
  idle 10             CPU, wake-ups and bytes over 10 s of nothing
  sleep 0.2 | screen  pause | print the screen (debugging)

Needs: pip install pyte ptyprocess.

What a latency includes: our write() to the pty, kernel line discipline, the program's own work, its write(),
our read(). It excludes the terminal emulator's drawing and any network. Arrival times are taken when bytes are
read, before they are parsed, so the cost of the emulator here (pyte) is not in them. Nothing is subtracted.
"""

import argparse
import contextlib
import difflib
import errno
import glob
import json
import os
import random
import re
import select
import shlex
import signal
import statistics
import subprocess
import sys
import time

import pyte
from ptyprocess import PtyProcess

now = time.perf_counter
ESC = "\x1b"
NAMED_KEYS = {
    "up": "[A",
    "down": "[B",
    "right": "[C",
    "left": "[D",
    "home": "[H",
    "end": "[F",
    "pageup": "[5~",
    "pagedown": "[6~",
    "insert": "[2~",
    "delete": "[3~",
    "shift+tab": "[Z",
    "f1": "OP",
    "f2": "OQ",
    "f3": "OR",
    "f4": "OS",
    "f5": "[15~",
    "f6": "[17~",
    "f7": "[18~",
    "f8": "[19~",
    "f9": "[20~",
    "f10": "[21~",
    "f11": "[23~",
    "f12": "[24~",
    "ctrl+home": "[1;5H",
    "ctrl+end": "[1;5F",
}
PLAIN_KEYS = {"enter": "\r", "tab": "\t", "space": " ", "backspace": "\x7f"}
# sequences pyte 0.8 would print as text or misread: string controls, private CSI with < = >, intermediates ($ ! " ')
UNPARSED = re.compile(rb"\x1b[P_^X][^\x1b\x07]*(?:\x1b\\|\x07)|\x1b\[[<=>][0-9;:]*[@-~]|\x1b\[\??[0-9;]*[ $!\"'][@-~]")
INCOMPLETE = re.compile(rb"\x1b(?:[P_^X\]][^\x1b\x07]*\x1b?|\[[<=>?]?[0-9;:]*[ $!\"']?)?$")
MODES = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
QUERIES = re.compile(
    rb"\x1b\[(?:0?c|>0?c|>0?q|\??6n|5n|\?u|\?(?P<mode>\d+)\$p|(?P<win>1[468])t)"
    rb"|\x1bP\+q[0-9a-fA-F;]*\x1b\\|\x1bP\$q[^\x1b]*\x1b\\|\x1b\](?P<osc>1[012]);\?(?:\x07|\x1b\\)"
)


class BenchError(Exception):
    """The program died, never painted, or a step's text never came."""


def key_bytes(name, kitty=False, app_cursor=False):
    low = name.lower()
    if low in ("esc", "escape"):
        return (ESC + "[27u" if kitty else ESC).encode()
    if low in NAMED_KEYS:
        code = NAMED_KEYS[low]
        return (
            ESC + ("O" + code[1] if app_cursor and len(code) == 2 and code[0] == "[" and low != "shift+tab" else code)
        ).encode()
    if low in PLAIN_KEYS:
        return PLAIN_KEYS[low].encode()
    if low.startswith("ctrl+") and len(low) == 6:
        return (f"{ESC}[{ord(low[-1])};5u" if kitty else chr(ord(low[-1]) & 31)).encode()
    if low.startswith("alt+") and len(low) == 5:
        return (ESC + name[-1]).encode()
    if len(name) == 1:
        return name.encode()
    raise BenchError(f"unknown key name: {name!r}")


def read_proc(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def process_tree(root):
    """Process ids of root and its living descendants."""
    children = {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        fields = read_proc(path).rpartition(")")[2].split()
        if fields:
            children.setdefault(int(fields[1]), []).append(int(path.split("/")[2]))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def usage(root):
    """Summed over the tree: memory in MiB, CPU seconds (ns resolution, living threads), wake-ups, threads."""
    total = {"rss": 0.0, "rss_peak": 0.0, "pss": 0.0, "cpu": 0.0, "wakeups": 0, "threads": 0, "processes": 0}
    for pid in process_tree(root):
        status, rollup = read_proc(f"/proc/{pid}/status"), read_proc(f"/proc/{pid}/smaps_rollup")

        def kib(name, text):
            return sum(int(n) for n in re.findall(rf"^{name}:\s+(\d+)", text, re.M)[:1]) / 1024

        total["rss"] += kib("VmRSS", status)
        total["rss_peak"] += kib("VmHWM", status)
        total["pss"] += kib("Pss", rollup)
        total["processes"] += bool(status)
        fields = read_proc(f"/proc/{pid}/stat").rpartition(")")[2].split()
        if fields:  # reaped children's time, in clock ticks
            total["cpu"] += (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
        for task in glob.glob(f"/proc/{pid}/task/*"):
            total["threads"] += 1
            total["cpu"] += int((read_proc(task + "/schedstat").split() or [0])[0]) / 1e9
            total["wakeups"] += sum(
                map(int, re.findall(r"^voluntary_ctxt_switches:\s+(\d+)", read_proc(task + "/status"), re.M))
            )
    return total


class Terminal:
    """One program in one pty: raw byte arrivals with their times, replayed lazily into a pyte screen."""

    def __init__(self, argv, options):
        self.options, self.pending, self.carry, self.raw_tail = options, [], b"", b""
        self.bytes_read, self.last_arrival, self.closed = 0, None, False
        self.kitty_on, self.app_cursor = False, False  # the kitty keyboard protocol; DECCKM
        self.screen = pyte.Screen(options.cols, options.rows)
        self.stream, self.lines = pyte.ByteStream(self.screen), [""] * options.rows
        env = {k: os.environ[k] for k in ("PATH", "HOME", "USER", "SHELL") if k in os.environ}
        env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        env |= dict(pair.split("=", 1) for pair in options.env)
        self.spawned = now()
        self.process = PtyProcess.spawn(
            argv,
            cwd=options.cwd,
            env=env,
            dimensions=(options.rows, options.cols),
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )  # nohup must not leak in
        self.fd, self.pid = self.process.fd, self.process.pid
        os.set_blocking(self.fd, False)

    def pump(self, timeout):
        """Read whatever arrives within timeout seconds; note the time; answer queries. True if bytes came."""
        try:
            if self.closed or not select.select([self.fd], [], [], max(0, timeout))[0]:
                return False
            data = os.read(self.fd, 65536)
        except OSError as error:
            if error.errno not in (errno.EIO, errno.EBADF):
                raise
            data = b""
        if not data:
            self.closed = True
            return False
        self.last_arrival = now()
        self.bytes_read += len(data)
        self.pending.append((self.last_arrival, data))
        self.watch(data)
        return True

    def watch(self, data):
        """Follow the modes that change what keys look like, and answer the terminal queries."""
        window = self.raw_tail + data
        for found in MODES.finditer(window):
            if b"1" in found[1].split(b";"):
                self.app_cursor = found[2] == b"h"
        for found in () if self.options.mute else QUERIES.finditer(window):
            if found.end() > len(self.raw_tail):
                reply = self.reply_to(found)
                if reply:
                    self.send(reply)
        if self.options.kitty and re.search(rb"\x1b\[[>=]\d+(;\d+)?u", window):
            self.kitty_on = True
        cut = window.rfind(b"\x1b")
        self.raw_tail = window[cut:] if cut >= 0 and INCOMPLETE.search(window[cut:]) else b""

    def reply_to(self, found):
        text, rows, cols = found.group().decode(), self.options.rows, self.options.cols
        if found["mode"]:
            known = {b"2026": 2, b"2004": 2, b"1006": 2, b"25": 1}
            return f"{ESC}[?{found['mode'].decode()};{known.get(found['mode'], 0)}$y"
        if found["win"]:
            return (
                ESC
                + {b"14": f"[4;{rows * 20};{cols * 10}t", b"16": "[6;20;10t", b"18": f"[8;{rows};{cols}t"}[found["win"]]
            )
        if found["osc"]:
            level = "0000/0000/0000" if found["osc"] == b"11" else "ffff/ffff/ffff"
            return f"{ESC}]{found['osc'].decode()};rgb:{level}{ESC}\\"
        if text.endswith("6n"):
            self.parse()
            return f"{ESC}[{self.screen.cursor.y + 1};{self.screen.cursor.x + 1}R"
        if text == ESC + "[?u":
            return ESC + "[?0u" if self.options.kitty else ""
        if text.startswith(ESC + "P"):
            return f"{ESC}P0{'+r' if '+q' in text else '$r'}{ESC}\\"
        return {
            "c": ESC + ("[>41;354;0c" if ">" in text else "[?62;22c"),
            "q": f"{ESC}P>|tuibench 1{ESC}\\",
            "n": ESC + "[0n",
        }[text[-1]]

    def press(self, name):
        self.send(key_bytes(name, self.kitty_on, self.app_cursor))

    def send(self, data):
        data = data.encode() if isinstance(data, str) else data
        while data and not self.closed:
            try:
                data = data[os.write(self.fd, data) :]
            except BlockingIOError:  # the program is not reading: keep its output flowing meanwhile
                self.pump(0.002)
            except OSError:
                self.closed = True

    def parse(self, until=None):
        """Replay arrivals into the screen. With until: stop at the first one after which until() holds, return its time."""
        for _ in range(len(self.pending)):  # what comes meanwhile waits for the next call: output may never end
            arrived, data = self.pending.pop(0)
            data = self.carry + data
            tail = INCOMPLETE.search(data)
            self.carry = data[tail.start() :] if tail and len(tail.group()) < 65536 else b""
            data = data[: len(data) - len(self.carry)]
            self.stream.feed(UNPARSED.sub(b"", data))
            if until and until():
                return arrived
            self.pump(0)  # never let the program block on us
        return None

    def text(self):
        for row in self.screen.dirty:
            cells = self.screen.buffer[row]
            if row < len(self.lines):
                self.lines[row] = "".join(cells[col].data for col in range(self.screen.columns))
        self.screen.dirty.clear()
        return "\n".join(self.lines)

    def wait_for(self, holds, timeout, what):
        """Time at which the bytes arrived that made holds() true."""
        if not self.pending and holds():
            return now()
        deadline = now() + timeout
        while now() < deadline:
            arrived = self.parse(holds)
            if arrived:
                return arrived
            self.pump(0.05)
            if self.closed and not self.pending:
                raise BenchError(f"program ended (exit status {self.exit_status()}) before {what}\n{self.picture()}")
        raise BenchError(f"no {what} within {timeout:g} s\n{self.picture()}")

    def wait_text(self, pattern, timeout):
        compiled = re.compile(pattern, re.M)
        return self.wait_for(lambda: bool(compiled.search(self.text())), timeout, f"text matching {pattern!r}")

    def wait_quiet(self, quiet, timeout=30.0):
        """Wait until no byte has come for quiet seconds; time of the last arrival. Does not parse."""
        start = now()
        while now() - start < timeout:
            if not self.pump(quiet):
                return self.last_arrival or start
        return self.last_arrival

    def exit_status(self):
        for _ in range(50):
            if not self.process.isalive():
                return (
                    self.process.exitstatus
                    if self.process.exitstatus is not None
                    else -(self.process.signalstatus or 0)
                )
            time.sleep(0.02)
        return None

    def picture(self):
        return (
            "\n".join("  | " + line.rstrip() for line in self.text().splitlines() if line.strip())
            or "  | (blank screen)"
        )

    def stop(self):
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
            pids = process_tree(self.pid)
            for pid in pids:
                with contextlib.suppress(OSError):
                    os.kill(pid, number)
            deadline = now() + 1.0
            while now() < deadline:
                self.pump(0.02)
                if not self.process.isalive():
                    return self.process.close(force=True)


def measure(argv, steps, options, rng):
    """One run: a dict of metric -> number, or -> list of samples."""
    out, term = {}, Terminal(argv, options)
    try:
        settle = options.settle / 1000
        any_text = term.wait_for(lambda: bool(term.text().strip()), options.timeout, "first text")
        out["start_first_text_ms"] = (any_text - term.spawned) * 1e3
        ready = term.wait_text(options.ready, options.timeout) if options.ready else any_text
        out["start_ready_ms"] = (max(ready, any_text) - term.spawned) * 1e3
        settled = term.wait_quiet(settle)
        out["start_settled_ms"] = (settled - term.spawned) * 1e3
        at_start = usage(term.pid)
        out |= {"start_cpu_s": at_start["cpu"], "start_pss_mib": at_start["pss"], "start_bytes": term.bytes_read}
        state = {"mark": settled, "bytes": term.bytes_read, "out": out, "rng": rng, "settle": settle}
        for verb, rest in steps:
            STEPS[verb](term, rest, state, options)
            if term.closed:
                raise BenchError(f"program ended (exit status {term.exit_status()}) during: {verb} {rest}")
        at_end = usage(term.pid)
        out |= {"end_" + name: at_end[name] for name in ("pss", "rss", "rss_peak", "threads", "processes")} | {
            "end_cpu_s": at_end["cpu"]
        }
        return out
    finally:
        term.parse()
        out["_screen"] = term.text()
        term.stop()


def step_key(term, rest, state, options):
    name, _, count = rest.partition(" ")
    for _ in range(int(count or 1)):
        term.press(name)
        term.wait_quiet(options.quiet / 1000)


def step_mark(term, rest, state, options):
    """The moment of a mark is the arrival that satisfied the last expect/settle, else the last byte."""
    moment = state.pop("seen", None) or term.last_arrival
    state["out"][f"mark_{rest}_ms"] = (moment - state["mark"]) * 1e3
    state["out"][f"mark_{rest}_bytes"] = term.bytes_read - state["bytes"]
    state["mark"], state["bytes"] = now(), term.bytes_read


def step_expect(term, rest, state, options):
    state["seen"] = term.wait_text(rest, options.timeout)


def step_settle(term, rest, state, options):
    state["seen"] = term.wait_quiet(state["settle"])


def step_keys(term, rest, state, options):
    name, count = rest.split()
    names = [name] if name.lower() in NAMED_KEYS or name.lower() in PLAIN_KEYS or "+" in name else list(name)
    first, done, sizes, missed = [], [], [], 0
    term.wait_quiet(state["settle"], 3.0)
    for index in range(int(count)):
        term.wait_quiet(state["rng"].uniform(0.02, 0.045))  # not in step with anyone's frame clock
        term.parse()
        before, sent = term.bytes_read, now()
        term.press(names[index % len(names)])
        if not term.pump(options.key_timeout):
            missed += 1
            continue
        first.append((term.last_arrival - sent) * 1e3)
        term.wait_quiet(options.quiet / 1000, 5.0)
        done.append((term.last_arrival - sent) * 1e3)
        sizes.append(term.bytes_read - before)
    out, tag = state["out"], f"key_{name}"
    out |= {tag + "_first_ms": first, tag + "_done_ms": done, tag + "_bytes": sizes, tag + "_missed": missed}


def step_burst(term, rest, state, options):
    term.wait_quiet(0.05)
    term.parse()
    before, sent, out = term.bytes_read, now(), state["out"]
    term.send(rest)
    try:
        out["burst_ms"] = (term.wait_for(lambda: rest in term.text(), options.burst_timeout, "burst text") - sent) * 1e3
        out["burst_lost"] = 0
    except BenchError:
        if term.closed:
            raise

        def matched(line):
            return sum(b.size for b in difflib.SequenceMatcher(None, rest, line, False).get_matching_blocks())

        out["burst_lost"] = len(rest) - max(map(matched, term.text().splitlines()))
    term.wait_quiet(state["settle"])
    out["burst_bytes"], out["burst_chars"] = term.bytes_read - before, len(rest)


def step_hold(term, rest, state, options):
    name, count, rate = ([*rest.split(), "0"])[:3]
    count, rate, data = int(count), float(rate), key_bytes(name, term.kitty_on, term.app_cursor)
    before, start = term.bytes_read, now()
    if not rate:
        term.send(data * count)
    for index in range(count if rate else 0):
        while (left := start + index / rate - now()) > 0:
            term.pump(left)
        term.send(data)
    last_key = now()
    settled, tag, out = max(term.wait_quiet(state["settle"]), start), f"hold_{name}_{rate:g}hz", state["out"]
    out |= {
        tag + "_total_ms": (settled - start) * 1e3,
        tag + "_lag_ms": max(0.0, settled - last_key) * 1e3,
        tag + "_rows_per_s": count * (options.page_rows if name.startswith("page") else 1) / max(settled - start, 1e-6),
        tag + "_bytes": term.bytes_read - before,
    }


def step_idle(term, rest, state, options):
    term.wait_quiet(state["settle"], 3.0)
    seconds, before, sent, start = float(rest), usage(term.pid), term.bytes_read, now()
    while now() - start < seconds:
        term.pump(min(1.0, seconds - (now() - start)))
    after, took = usage(term.pid), now() - start
    state["out"] |= {
        "idle_cpu_percent": (after["cpu"] - before["cpu"]) / took * 100,
        "idle_wakeups_per_s": (after["wakeups"] - before["wakeups"]) / took,
        "idle_bytes_per_s": (term.bytes_read - sent) / took,
    }


STEPS = {
    "key": step_key,
    "mark": step_mark,
    "expect": step_expect,
    "settle": step_settle,
    "keys": step_keys,
    "burst": step_burst,
    "hold": step_hold,
    "idle": step_idle,
    "type": lambda term, rest, state, options: (term.send(rest), term.wait_quiet(options.quiet / 1000)),
    "sleep": lambda term, rest, state, options: term.wait_quiet(float(rest), float(rest)),
    "screen": lambda term, rest, state, options: (term.parse(), print(term.picture(), file=sys.stderr)),
}


def parse_steps(lines):
    steps = []
    for line in lines:
        verb, _, rest = line.strip().partition(" ")
        if verb and not verb.startswith("#"):
            if verb not in STEPS:
                raise SystemExit(f"tuibench: unknown step {verb!r} in: {line.strip()}")
            steps.append((verb, rest.strip()))
    return steps


def evict(folders):
    """Drop these folders' files from the page cache, so that the next start reads the disk."""
    for folder in folders:
        for path in glob.glob(folder + "/**", recursive=True):
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def machine_noise():
    """How steady this machine is right now: bare python spawn (ms), lateness of a 1 ms sleep, load."""
    spawn, late = [], []
    for _ in range(10):
        start = now()
        subprocess.run([sys.executable, "-ISc", "pass"], check=True)
        spawn.append((now() - start) * 1e3)
    for _ in range(200):
        start = now()
        time.sleep(0.001)
        late.append((now() - start) * 1e3 - 1)
    return {
        "python_spawn_ms": statistics.median(spawn),
        "python_spawn_max_ms": max(spawn),
        "sleep_late_p50_ms": percentile(late, 50),
        "sleep_late_p99_ms": percentile(late, 99),
        "load1": os.getloadavg()[0],
        "cpus": os.cpu_count(),
    }


def percentile(values, rank):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * rank // 100) - 1))] if ordered else float("nan")


def summarise(runs):
    """Numbers: median over runs with the spread. Samples: percentiles over all runs pooled."""
    table = {}
    for name in dict.fromkeys(n for run in runs for n in run if not n.startswith("_")):
        values = [run[name] for run in runs if name in run]
        if isinstance(values[0], list):
            pooled = [v for samples in values for v in samples]
            table[name] = {"n": len(pooled)} | {
                k: percentile(pooled, r) for k, r in (("p50", 50), ("p95", 95), ("p99", 99), ("max", 100))
            }
        else:
            table[name] = {"n": len(values), "p50": statistics.median(values), "min": min(values), "max": max(values)}
    return table


def show(table, out=sys.stdout):
    def number(cell, key):
        return f"{cell[key]:>11.2f}" if key in cell else " " * 11

    print(f"{'metric':34}{'n':>5}{'median':>11}{'min':>11}{'p95':>11}{'p99':>11}{'max':>11}", file=out)
    for name, cell in table.items():
        print(
            f"{name:34}{cell['n']:>5}" + "".join(number(cell, key) for key in ("p50", "min", "p95", "p99", "max")),
            file=out,
        )


def compare(paths):
    results = [json.load(open(path)) for path in paths]
    print(f"{'metric (median)':34}" + "".join(f"{r['label'][:20]:>21}" for r in results))
    for name in dict.fromkeys(n for r in results for n in r["summary"]):
        base = results[0]["summary"].get(name, {}).get("p50")
        cells = []
        for r in results:
            value = r["summary"].get(name, {}).get("p50")
            cells.append("-" if value is None else f"{value:.2f}" + (f" ({value / base:.2f}x)" if base else ""))
        print(f"{name:34}" + "".join(f"{cell:>21}" for cell in cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--ready", default="", help="regex that stands on the screen when the program is usable")
    add("--prep", action="append", default=[], help="scenario line to do first (repeatable)")
    add("--scenario", help="scenario file")
    add("--keys", action="append", default=[], metavar="KEY:N", help="key latency (repeatable)")
    add("--burst", metavar="TEXT|N", help="send this text, or N characters of digits, in one write")
    add("--hold", action="append", default=[], metavar="KEY:N[:HZ]", help="hold a key")
    add("--idle", type=float, metavar="S", help="idle measurement, seconds")
    add("--runs", type=int, default=1)
    add("--warmups", type=int, default=0, help="runs thrown away first")
    add("--cols", type=int, default=120)
    add("--rows", type=int, default=40)
    add("--page-rows", type=int, default=1, help="rows per page key")
    add("--settle", type=float, default=150, help="ms without output that count as settled")
    add("--quiet", type=float, default=15, help="ms without output that end one key's response")
    add("--timeout", type=float, default=30)
    add("--key-timeout", type=float, default=1.0)
    add("--burst-timeout", type=float, default=10)
    add("--mute", action="store_true", help="answer no terminal query")
    add("--kitty", action="store_true", help="speak the kitty keyboard protocol")
    add("--env", action="append", default=[], metavar="K=V")
    add("--cwd")
    add("--evict", action="append", default=[], metavar="DIR", help="drop DIR from the page cache before every run")
    add("--label")
    add("--json", metavar="FILE")
    add("--show-screen", action="store_true")
    add("--compare", nargs="+", metavar="JSON")
    add("command", nargs=argparse.REMAINDER, help="-- program and arguments")
    options = parser.parse_args()
    if options.compare:
        return compare(options.compare)
    argv = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not argv:
        parser.error("no program given (put it after --)")
    lines = list(options.prep) + (
        open(options.scenario, encoding="utf-8").read().splitlines() if options.scenario else []
    )
    lines += ["keys " + spec.replace(":", " ") for spec in options.keys]
    if options.burst:
        lines.append(
            "burst "
            + (
                ("0123456789" * 100)[: int(options.burst)]
                if options.burst.isdigit() and len(options.burst) < 4
                else options.burst
            )
        )
    lines += ["hold " + spec.replace(":", " ") for spec in options.hold] + (
        [f"idle {options.idle}"] if options.idle else []
    )
    for number in (signal.SIGTERM, signal.SIGHUP):  # leave no orphan program behind when we are stopped
        signal.signal(number, lambda *_: sys.exit(143))
    steps, rng, noise, runs = parse_steps(lines), random.Random(7), machine_noise(), []
    try:
        for number in range(options.warmups + options.runs):
            evict(options.evict)
            result = measure(argv, steps, options, rng)
            if number >= options.warmups:
                runs.append(result)
    except (BenchError, OSError) as error:
        print(f"tuibench: {shlex.join(argv)}: {error}", file=sys.stderr)
        return 1
    label, table = options.label or os.path.basename(argv[0]), summarise(runs)
    print(
        f"{label}: {len(runs)} runs, {options.cols}x{options.rows}; noise: "
        + ", ".join(f"{k} {v:.2f}" for k, v in noise.items())
    )
    show(table)
    if options.show_screen:
        print(runs[-1]["_screen"])
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(
                {
                    "label": label,
                    "argv": argv,
                    "steps": steps,
                    "noise": noise,
                    "summary": table,
                    "runs": [{k: v for k, v in r.items() if k != "_screen"} for r in runs],
                },
                file,
                ensure_ascii=False,
            )


if __name__ == "__main__":
    sys.exit(main())
