#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Records commands on a pseudo-terminal as a cast file of asciinema, version 2.

usage: record.py DIRECTORY FILE COMMAND...

The commands run in the directory. They are real; only the prompt, the typing and the pauses are made
here: a command appears as if it were typed, and longer silences are cut.
"""
import fcntl
import json
import os
import pty
import shlex
import struct
import subprocess
import sys
import termios
import time

COLUMNS, ROWS = 100, 34
KEY_S = 0.04     # between two typed characters
PAUSE_S = 1.5    # before a command, and at the end
SILENCE_S = 0.5  # the longest within a command
FRAME_S = 0.1    # what is written within that is one event


class Recording:
    def __init__(self):
        self.now, self.events = 0.0, []

    def write(self, text, wait=0.0):
        self.now += wait
        self.events.append([round(self.now, 3), "o", text])

    def type(self, command):
        self.write("\x1b[1;32m$\x1b[0m ")
        for i, letter in enumerate(command):
            self.write(letter, PAUSE_S if i == 0 else KEY_S)
        self.write("\r\n", PAUSE_S / 2)

    def run(self, command, directory):
        main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        environment.pop("NO_COLOR", None)
        with subprocess.Popen(shlex.split(command), stdin=side, stdout=side, stderr=side, cwd=directory,
                              env=environment, start_new_session=True):
            os.close(side)
            begun = last = time.monotonic()
            text = b""
            while True:
                try:
                    piece = os.read(main, 65536)
                except OSError:  # the other side of the terminal is closed
                    piece = b""
                now = time.monotonic()
                if text and (not piece or now - begun >= FRAME_S):
                    self.write(text.decode(), min(begun - last, SILENCE_S))
                    last, text = begun, b""
                if not piece:
                    break
                begun = begun if text else now
                text += piece
        os.close(main)

    def save(self, path):
        header = {"version": 2, "width": COLUMNS, "height": ROWS, "title": "Ensure",
                  "env": {"TERM": "xterm-256color"}}
        with open(path, "w", encoding="utf-8") as file:
            for line in (header, *self.events):
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


def main():
    directory, path, *commands = sys.argv[1:]
    recording = Recording()
    for command in commands:
        recording.type(command)
        recording.run(command, directory)
    recording.write("\x1b[1;32m$\x1b[0m ", 0.2)
    recording.write("", PAUSE_S)
    recording.save(path)


if __name__ == "__main__":
    main()
