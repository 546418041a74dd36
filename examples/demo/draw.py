#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Draws what a terminal shows after the first command of a cast file, as SVG.

usage: draw.py CAST SVG
       draw.py --mark HTML PNG    notes in the image of a page which page it is of
"""
import hashlib
import html
import json
import re
import struct
import sys
import zlib

CELL, LINE, MARGIN = 8.4, 19, 16  # pixels
FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"
COLOURS = {"31": "#ff7b72", "32": "#56d364", "33": "#e3b341", "36": "#76e3ea"}
PAPER, INK, FAINT = "#0d1117", "#e6edf3", "#9198a1"
CODE = re.compile(r"\x1b\[([0-9;]*)([mK])|\r\n|\r|\n|[^\x1b\r\n]+")


class Screen:
    """Lines of cells, a cell being a character and its style; as long as needed."""

    def __init__(self):
        self.lines, self.column, self.style = [[]], 0, ()

    def put(self, text):
        line = self.lines[-1]
        for letter in text:
            line.extend([(" ", ())] * (self.column - len(line)))
            line[self.column:self.column + 1] = [(letter, self.style)]
            self.column += 1

    def feed(self, text):
        for found in CODE.finditer(text):
            numbers, command = found.groups()
            if command == "m":
                codes = [code for code in numbers.split(";") if code not in ("", "0")]
                self.style = (*self.style, *codes) if codes else ()
            elif command == "K":
                del self.lines[-1][self.column:]
            elif found.group() in ("\r\n", "\n"):
                self.lines.append([])
                self.column = 0
            elif found.group() == "\r":
                self.column = 0
            else:
                self.put(found.group())

    def texts(self):
        return ["".join(letter for letter, _ in line).rstrip() for line in self.lines]


def read(path):
    """The header of a cast file, and its events."""
    with open(path, encoding="utf-8") as file:
        header, *events = map(json.loads, file)
    return header, events


def screens(events):
    """A screen for each command: a prompt begins the next one."""
    found = []
    for _, _, text in events:
        if text == "\x1b[1;32m$\x1b[0m ":
            found.append(Screen())
        found[-1].feed(text)
    return found[:-1]  # the last prompt has no command


def spans(line):
    """Pieces of a line that have one style: (column, text, style)."""
    begun = 0
    for i in range(1, len(line) + 1):
        if i == len(line) or line[i][1] != line[begun][1]:
            yield begun, "".join(letter for letter, _ in line[begun:i]), line[begun][1]
            begun = i


def attributes(style):
    colour = next((COLOURS[code] for code in style if code in COLOURS), FAINT if "2" in style else INK)
    return f'fill="{colour}"' + (' font-weight="bold"' if "1" in style else "")


def draw(screen, width):
    lines = screen.lines
    while lines and not lines[-1]:
        lines.pop()
    size = round(width * CELL + 2 * MARGIN), len(lines) * LINE + 2 * MARGIN
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
             f'viewBox="0 0 {size[0]} {size[1]}" font-family="{FONT}" font-size="14">',
             f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>']
    for row, line in enumerate(lines):
        for column, text, style in spans(line):
            blanks = len(text) - len(text.lstrip())
            text, column = text.strip(), column + blanks
            if text:
                parts.append(
                    f'<text x="{MARGIN + column * CELL:.1f}" y="{MARGIN + row * LINE + 14}" '
                    f'textLength="{len(text) * CELL:.1f}" xml:space="preserve" {attributes(style)}>'
                    f"{html.escape(text)}</text>")
    return "\n".join([*parts, "</svg>", ""])


# ---- the image of a page ----------------------------------------------------------------------------

MARK = b"Page"  # the keyword of the note


def digest(page):
    """Of what is the same in each run: times, request ids and client tokens are not."""
    page = re.sub(r"\d{4}-\d\d-\d\dT[\d:]{8}Z", "TIME", page)
    page = re.sub(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", "ID", page)
    return hashlib.sha256(page.encode()).hexdigest()


def chunks(picture):
    """Position, kind and content of each."""
    at = 8
    while at < len(picture):
        size, kind = struct.unpack(">I4s", picture[at:at + 8])
        yield at, kind, picture[at + 8:at + 8 + size]
        at += 12 + size


def mark_of(picture):
    return next((content.split(b"\0")[1].decode() for _, kind, content in chunks(picture)
                 if kind == b"tEXt" and content.startswith(MARK + b"\0")), "")


def mark(page_path, picture_path):
    with open(page_path, encoding="utf-8") as file:
        content = b"tEXt" + MARK + b"\0" + digest(file.read()).encode()
    with open(picture_path, "rb") as file:
        picture = file.read()
    end = next(at for at, kind, _ in chunks(picture) if kind == b"IEND")
    note = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    with open(picture_path, "wb") as file:
        file.write(picture[:end] + note + picture[end:])


def main():
    if sys.argv[1] == "--mark":
        mark(*sys.argv[2:])
        return
    header, events = read(sys.argv[1])
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(draw(screens(events)[0], header["width"]))


if __name__ == "__main__":
    main()
