#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that comments and messages are written in plain technical English.

usage: language.py SOURCE_DIR [--count]

Refuses the phrases of the table below: metaphors and private idioms that a reader has to decode
where the field has a standard term. Of C files it reads comments and string literals, of all other
sources the whole text. A phrase is found across line ends, comment markers and the quotes between
adjacent literals. Prints one line per finding and exits 1 if there is any; --count prints how often
each phrase occurs instead.
"""
import re
import sys

from lint import line_of, read, tracked

SUFFIXES = (".c", ".h", ".inc", ".js", ".py", ".sh", ".cmake", "CMakeLists.txt", ".proto", ".in", ".tf",
            ".ci/run")
# The table itself and its test.
EXEMPT = ("tests/lint/language.py", "tests/lint/language_test.py")

# (phrase, what to write instead). A phrase is a regular expression over words, without case; it
# matches whole words, and a blank in it matches a line break too.
PHRASES = (
    # rejection and failure
    ("turned away", "rejected"),
    ("turned down", "rejected"),
    ("at the door", "before processing"),
    ("doors?", "front end, interface"),
    ("(says?|said) no", "refused; name the failed check"),
    ("(is|are) ill", "fails"),
    ("(all|run) is well", "succeeded"),
    ("stumbl(es?|ed|ing)", "fails on"),
    ("befalls?", "happens to; name the fault"),
    ("(goes|went|gone) missing", "was lost"),
    ("held? against|holds against", "forbids"),
    ("for want of", "because there is no"),
    ("worth nothing", "is discarded"),
    # batching and queues
    ("travel(s|led|ling)? together", "are batched"),
    ("travel(s|led|ling)?", "is sent, is passed on"),
    ("rides? along", "is added to the batch"),
    ("(stands?|waits?|waiting|places?|first|last|next|still|is|are|be) in line", "queued"),
    ("go(es)? ahead", "is sent first"),
    ("fared? (no|any|alone)( better)?", "alone has the same outcome"),
    ("better off", "has another outcome"),
    # effects and outcomes
    ("the deed", "the effect, the start"),
    ("the real thing", "the real start"),
    ("(what|whatever) (came|comes|has come) of", "the outcome of"),
    ("(what|whatever) (became|becomes|has become|would become) of", "the outcome of"),
    ("t(akes?|ook) a stand", "answered the request"),
    ("sets? going", "started"),
    ("by the moment", "per RPC, per phase"),
    ("the cloud's (own )?word on", "the cloud's answer"),
    # parties without a name
    ("nobody", "name the caller, reader or user"),
    ("somebody", "name the caller, reader or user"),
    ("whoever", "name the caller, reader or user"),
    ("who (asks|goes|reads|speaks|starts|travels|waits)", "name the caller, reader or user"),
    ("those who", "name the caller, reader or user"),
    ("a person", "the user"),
    ("strangers?|outsiders?", "another user, a third party"),
    ("in the eyes of", "for"),
    # time
    ("foresee(n|s)?|foresaw|unforeseen", "expect"),
    ("news", "event, change, update"),
    ("afresh", "again, from the initial state"),
    ("anew", "again"),
    ("now and then", "sometimes"),
    ("as ever", "as before"),
    ("on (its|their) way (out|up)", "shutting down, starting"),
    ("(second|next|another) looks?|looks? again", "reads again"),
    # objects and lifetimes
    ("dies?|dying", "is freed, ends"),
    ("go(es)? away", "is freed, is closed"),
    ("tak(es?|ing|en) (it |them )?apart", "parses"),
    ("take (it|them) away|taking (it|them) away", "uninstall"),
    ("t(old|ells?|elling) (themselves |itself )?apart", "distinguished"),
    ("(is|are) fine|fine if", "is allowed, may be NULL"),
    ("has its end", "is terminated"),
    ("st(uck|icks?) to it", "attached value"),
    ("what there is", "name the list"),
    ("what stands", "name the text or member"),
    ("what hangs", "name the process or call"),
    ("made harmless", "escaped"),
    ("would obey", "interprets"),
    ("the picture", "the layout, the diagram"),
    ("the story", "the output"),
    ("the outside|from outside", "the process, the environment, the network"),
    ("plays? (on|the|a)|played (on|the)", "simulates, runs on"),
    ("as the one", "say which"),
    ("stands? (in between|in|beside|behind|between)", "is in, is written in, is installed next to"),
    ("mend(s|ed|ing)?", "corrects"),
    # further parties and manners
    ("everybody", "all users, all processes"),
    ("vouch(es|ed)?", "guarantees, checks"),
    ("behind (its|our|their|the caller's|the user's) back", "without a message, without the caller"),
    ("in silence", "without a message"),
    ("on and on", "without a limit"),
    ("sooner or later", "name the event"),
    ("(enough is|had) enough", "name the limit"),
    ("(what|whatever) (it|they) likes?", "arbitrary"),
)

# What may stand between two words of a phrase: blanks, or one line end with the markers of a comment
# or of adjacent string literals around it.
GAP = r'(?:[ \t]+|[ \t]*"?[ \t]*\n[ \t]*(?:\*+|#+|//+|"|\.\\")?[ \t]*)'


def compiled(phrase):
    return re.compile(r"\b(?:" + phrase.replace(" ", GAP) + r")\b", re.I)


TABLE = tuple((compiled(phrase), phrase, instead) for phrase, instead in PHRASES)


def prose_of(name, text):
    """The text with C code blanked: comments and string literals remain where they are."""
    if not name.endswith((".c", ".h", ".inc")):
        return text
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    ret, end = [], 0
    for match in re.finditer(pattern, text, re.S):
        ret.append(re.sub(r"[^\n]", " ", text[end:match.start()]))
        ret.append(match.group(0))
        end = match.end()
    ret.append(re.sub(r"[^\n]", " ", text[end:]))
    return "".join(ret)


def found(name, text):
    """(line, words, what to write instead) of each phrase of the table."""
    prose = prose_of(name, text)
    for pattern, _, instead in TABLE:
        for match in pattern.finditer(prose):
            words = " ".join(re.sub(r'[*#"/\\]', " ", match.group(0)).split())
            yield line_of(prose, match.start()), words, instead


def main():
    source = sys.argv[1]
    texts = [(name, read(source, name)) for name in tracked(source, *SUFFIXES) if name not in EXEMPT]
    if sys.argv[2:] == ["--count"]:
        for pattern, phrase, _ in TABLE:
            print(f"{sum(len(pattern.findall(prose_of(*item))) for item in texts):5}  {phrase}")
        return 0
    findings = [f'{name}:{line}: "{words}": write: {instead}'
                for name, text in texts for line, words, instead in sorted(found(name, text))]
    print("\n".join(findings) if findings else "language: clean")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
