#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the dependencies of source files, by the symbols that their object files define and refer to.

usage: objects.py SOURCE_DIR BUILD_DIR

Over the objects of plugin/ and providers/: there are no dependency cycles of files, no
layer uses one that it may not (layers.py), and no symbol is defined twice. Prints one line per
finding and exits 1 if there is any. The objects are those of BUILD_DIR/compile_commands.json, so
that stale objects of files that were moved are ignored.
"""
import collections
import json
import os
import re
import shlex
import subprocess
import sys

from layers import layer_of, may_use

# Every program defines main(), and every provider the entry point that the ABI's header declares.
NOT_COUNTED = re.compile(r"(main|ens_provider_entry\w*)$")


def objects_of(source, build):
    """{source file: [its objects]}; one source may be compiled for several targets."""
    objects = collections.defaultdict(list)
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as f:
        for command in json.load(f):
            name = os.path.relpath(command["file"], source)
            if name.startswith(("plugin/", "providers/")):
                words = shlex.split(command["command"])
                output = words[words.index("-o") + 1]
                objects[name].append(os.path.join(command["directory"], output))
    return objects


def symbols_of(objects):
    """({symbol: {files that define it}}, {file: {its undefined symbols}})"""
    defined, wanted = collections.defaultdict(set), collections.defaultdict(set)
    for name, paths in objects.items():
        built = [path for path in paths if os.path.exists(path)]
        if not built:  # its target is not part of the default build
            continue
        lines = subprocess.run(["nm", "-P", "-g", *built], check=True, capture_output=True,
                               text=True).stdout.splitlines()
        for fields in map(str.split, lines):
            if len(fields) < 2 or NOT_COUNTED.match(fields[0]):
                continue
            if fields[1] in "Uwv":
                wanted[name].add(fields[0])
            else:
                defined[fields[0]].add(name)
    return defined, wanted


def uses_of(defined, wanted):
    """{file: {file that it uses: the first symbol of that file}}

    If several files define a symbol, only those that the file may use count, if there are any.
    """
    uses = collections.defaultdict(dict)
    for name, symbols in wanted.items():
        for symbol in sorted(symbols):
            others = defined.get(symbol, set()) - {name}
            allowed = {other for other in others if may_use(layer_of(name), layer_of(other))}
            for other in allowed or others:
                uses[name].setdefault(other, symbol)
    return uses


def components(uses):
    """The strongly connected components of more than one file (Tarjan), each sorted."""
    order, low, stack, found = {}, {}, [], []

    def visit(name):
        order[name] = low[name] = len(order)
        stack.append(name)
        for other in sorted(uses.get(name, ())):
            if other not in order:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            component = stack[stack.index(name):]
            del stack[stack.index(name):]
            if len(component) > 1:
                found.append(sorted(component))

    for name in sorted(uses):
        if name not in order:
            visit(name)
    return sorted(found)


def cycle_through(start, component, uses):
    """A shortest cycle from a file of the component back to it: [start, ..., start]."""
    came_from, queue = {}, collections.deque([start])
    while queue:
        name = queue.popleft()
        for other in sorted(uses[name]):
            if other not in component or other in came_from:
                continue
            came_from[other] = name
            if other == start:
                cycle = [start, came_from[start]]
                while cycle[-1] != start:
                    cycle.append(came_from[cycle[-1]])
                return cycle[::-1]
            queue.append(other)
    raise AssertionError(f"{start} is in no cycle")


def cycles(uses):
    for component in components(uses):
        cycle = min((cycle_through(name, component, uses) for name in component), key=len)
        steps = [f"{b} ({uses[a][b]})" for a, b in zip(cycle, cycle[1:])]
        yield "cycle: " + " -> ".join([cycle[0], *steps])
        others = sorted(set(component) - set(cycle))
        if others:
            yield "  and in further cycles with these: " + ", ".join(others)


def upward(uses):
    for name in sorted(uses):
        for other, symbol in sorted(uses[name].items()):
            if not may_use(layer_of(name), layer_of(other)):
                yield f"layers: {name} may not use {other} ({symbol})"


def doubles(defined):
    for symbol, names in sorted(defined.items()):
        if len(names) > 1:
            yield f"twice: {symbol} is defined in {', '.join(sorted(names))}"


def check(source, build):
    objects = objects_of(source, build)
    unlayered = [name for name in objects if layer_of(name) is None]
    if unlayered:
        return [f"layers: {name} is in no layer of tests/lint/layers.py" for name in sorted(unlayered)]
    defined, wanted = symbols_of(objects)
    if not defined:
        return [f"no object file is built below {build}"]
    uses = uses_of(defined, wanted)
    return [*cycles(uses), *upward(uses), *doubles(defined)]


def main():
    findings = check(os.path.realpath(sys.argv[1]), sys.argv[2])
    print("\n".join(findings) if findings else "objects: clean")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
