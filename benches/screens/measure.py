#!/usr/bin/env python3
"""Measures the screens on large trees: first frame, key to frame, memory, and processor time when idle.

    cargo build --release
    python3 benches/screens/measure.py target/release/mst-tui FOLDER [ROWS]

FOLDER gets two trees of ROWS records (3,000,000 unless given) that differ in 411 of them, unless they are there. The
program then runs in a pseudo-terminal of 160 columns and 50 lines. A frame ends with the end of a synchronised update.
Exits with 1 if a limit is missed.
"""

import fcntl
import os
import pty
import random
import select
import signal
import struct
import subprocess
import sys
import termios
import time

COLUMNS, LINES = 160, 50
FRAME_END = b"\x1b[?2026l"
# Milliseconds, milliseconds at the 99th percentile, MiB, seconds of processor time in ten seconds.
MAX_FIRST_FRAME, MAX_KEY, MAX_MEMORY, MAX_IDLE = 50, 16, 80, 0.05


def make_pair(program, folder, rows):
    """Two trees: 400 changed records in one place, 7 in another, and 4 that only one side has."""
    paths = [os.path.join(folder, f"{side}-{rows}.mst") for side in ("left", "right")]
    if all(map(os.path.exists, paths)):
        return paths
    os.makedirs(folder, exist_ok=True)
    dense, sparse = range(rows // 3, rows // 3 + 400), range(rows // 2, rows // 2 + 700, 100)
    changed = set(dense) | set(sparse)
    for side, path in enumerate(paths):
        table = path.replace(".mst", ".csv")
        generator = random.Random(7)
        with open(table, "w") as out:
            out.write("id,customer,amount_cents,currency,status,updated\n")
            for number in range(rows):
                customer, amount = generator.randrange(100_000), generator.randrange(1_000_000)
                currency = ("EUR", "USD", "GBP")[customer % 3]
                status = "refunded" if side and number in changed else ("open", "paid")[amount % 2]
                if (number, side) in ((10, 0), (20, 0), (30, 1), (rows - 10, 1)):
                    continue
                out.write(f"ORD-{number:09},C{customer:05},{amount},{currency},{status},2026-11-{number % 28 + 1:02}\n")
        subprocess.run([program, "build", table, "-o", path, "--key", "id"], check=True, stdout=subprocess.DEVNULL)
        os.remove(table)
    return paths


class Session:
    """The program in a pseudo-terminal that answers the question for the background colour."""

    def __init__(self, arguments):
        self.started = time.perf_counter()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            # The size is set before the program starts, and so are the settings that change what it draws.
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
            environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
            os.execve(arguments[0], arguments, environment)
        self.first_frame = self.frame(10) - self.started

    def read(self, timeout):
        ready, _, _ = select.select([self.terminal], [], [], timeout)
        if not ready:
            return b""
        try:
            data = os.read(self.terminal, 1 << 16)
        except OSError:
            # The program has ended, and its side of the terminal with it.
            return b""
        if b"\x1b]11;?" in data:
            os.write(self.terminal, b"\x1b]11;rgb:0000/0000/0000\x1b\\")
        return data

    def frame(self, timeout):
        """The time at which the next frame is complete."""
        deadline, seen = time.perf_counter() + timeout, b""
        while time.perf_counter() < deadline:
            seen += self.read(deadline - time.perf_counter())
            if FRAME_END in seen:
                return time.perf_counter()
        raise TimeoutError("no frame")

    def quiet(self, seconds=0.3):
        """Reads until nothing has come for some time."""
        while self.read(seconds):
            pass

    def key(self, keys):
        """Milliseconds from the last of some keys to the frame that follows it."""
        for key in keys[:-1]:
            os.write(self.terminal, key.encode())
            self.quiet(0.01)
        began = time.perf_counter()
        os.write(self.terminal, keys[-1].encode())
        try:
            took = (self.frame(2) - began) * 1000
        except TimeoutError:
            return None
        self.quiet(0.004)
        return took

    def memory(self):
        """The most memory so far, in MiB, without the pages of the file that the system keeps."""
        with open(f"/proc/{self.pid}/status") as status:
            fields = dict(line.split(":", 1) for line in status)
        return int(fields["VmHWM"].split()[0]) / 1024

    def processor(self):
        with open(f"/proc/{self.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        os.kill(self.pid, signal.SIGTERM)
        self.quiet(0.2)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(name, arguments, keys, first_frames=9):
    """One row of the table; whether all limits are met."""
    firsts = []
    for _ in range(first_frames):
        session = Session(arguments)
        firsts.append(session.first_frame * 1000)
        session.end()
    session = Session(arguments)
    session.quiet(1)
    times = [took for took in (session.key(key) for key in keys) if took is not None]
    session.quiet(1)
    before = session.processor()
    time.sleep(10)
    idle, memory = session.processor() - before, session.memory()
    session.end()
    first = percentile(firsts, 0.5)
    key50, key99 = percentile(times, 0.5), percentile(times, 0.99)
    print(
        f"| {name} | {first:.1f} ms | {key50:.1f} ms | {key99:.1f} ms | {max(times):.1f} ms | {len(times)} "
        f"| {memory:.0f} MiB | {idle:.2f} s |"
    )
    return first <= MAX_FIRST_FRAME and key99 <= MAX_KEY and memory <= MAX_MEMORY and idle <= MAX_IDLE


def main():
    program, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    left, right = make_pair(program, folder, int(sys.argv[3]) if len(sys.argv) > 3 else 3_000_000)
    generator = random.Random(1)
    moves = ["j", "k", "\x04", "\x15", ["g", "g"], "G", "j", "j"]
    one = [generator.choice(moves + ["l", "h", " ", "]", "["]) for _ in range(1000)]
    table = ["T"] + [generator.choice(moves) for _ in range(500)]
    two = [generator.choice(moves + ["]", "[", "}", "{", "]", "]"]) for _ in range(1000)]
    trees = ["T"] + [generator.choice(moves + ["]", "[", " "]) for _ in range(500)]
    print("| screen | first frame | key | key, 99 % | key, worst | keys | memory | idle, 10 s |")
    print("|---|---|---|---|---|---|---|---|")
    met = [
        measure("one tree", [program, left], one),
        measure("table of records", [program, left], table, 1),
        measure("two trees", [program, left, right], two),
        measure("two trees, nodes", [program, left, right], trees, 1),
    ]
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
