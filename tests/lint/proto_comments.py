#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every element of our .proto files has a leading comment.

usage: proto_comments.py SOURCE_DIR

Services, methods, messages, fields, oneofs, enums and enum values, the elements of the category
COMMENTS of buf lint, which is not in Debian. A leading comment ends on the line above the element;
a trailing comment does not count. Prints one line per finding and exits 1 if
there is any.
"""
import re
import sys

from lint import line_of, read, tracked

OURS = "proto/ensure/"
TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[{};]|[^\s{};\"'/]+", re.S)
BLOCKS = ("service", "message", "enum", "oneof", "extend")
NOT_ELEMENTS = ("syntax", "edition", "package", "import", "option", "reserved", "extensions")


def kind_of(words, block):
    """The kind of element that a statement declares, or None if it needs no comment."""
    if not words or words[0] in NOT_ELEMENTS:
        return None
    if words[0] in ("rpc",) + BLOCKS and len(words) > 1 and words[1] != "=":
        return None if words[0] == "extend" else words[0]
    return {"enum": "enum value", "message": "field", "oneof": "field", "extend": "field"}.get(block)


def name_of(words, kind):
    if kind in BLOCKS or kind == "rpc":
        return words[1].split("(")[0]
    before = words[:words.index("=")] if "=" in words else words
    return before[-1].split("=")[0]


def uncommented(text):
    """(line, kind, name) of each element without a leading comment."""
    blocks, words = [], []
    last_line = comment_end = begin = 0  # of the last token; of a comment that stands alone
    for match in TOKEN.finditer(text):
        token, line = match.group(0), line_of(text, match.start())
        if token.startswith(("//", "/*")):
            comment_end = line_of(text, match.end()) if line != last_line else comment_end
            continue
        last_line = line
        if token not in "{};":
            begin = begin if words else line
            words.append(token)
            continue
        kind = kind_of(words, blocks[-1] if blocks else None)
        if kind is not None and comment_end != begin - 1:
            yield begin, kind, name_of(words, kind)
        if token == "{":
            blocks.append(words[0] if words else "")
        elif token == "}":
            blocks.pop()
        words = []


def main():
    source = sys.argv[1]
    names = [n for n in tracked(source, ".proto") if n.startswith(OURS)]
    findings = [f"{name}:{line}: {kind} {element} has no leading comment"
                for name in names for line, kind, element in uncommented(read(source, name))]
    if not names:
        findings.append(f"{OURS}: has no .proto file")
    print("\n".join(findings) if findings else "proto_comments: clean")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
