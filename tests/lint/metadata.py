#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that no test can reach the metadata service of the machine that it runs on.

usage: metadata.py SOURCE_DIR

CTest sets ENSURE_METADATA=off for every test (tests/environment.cmake). A test that starts a program with
an environment of its own begins it with tests/support/surroundings.py, which keeps that variable or
replaces the services by addresses of loopback. The services' real addresses may stand only in the files
of ADDRESSES_AS_DATA. Prints one line per finding and exits 1 if there is any.
"""
import ast
import re
import sys

from lint import code_only, line_of, read, tracked

ADDRESSES = re.compile(r"169\.254\.169\.254|100\.100\.100\.200|100\.96\.0\.96")
# file: what the addresses are data of. They are compared there, and nothing is sent to them.
ADDRESSES_AS_DATA = {
    "tests/lint/metadata.py": "this table and its pattern",
    "tests/unit/http/endpoint_test.c": "where keys may be asked for",
    "tests/unit/providers/steps_test.c": "the addresses in the providers' tables",
    "tests/lint/metadata_test.py": "the sources that this lint has to refuse",
}
SURROUNDINGS = "tests/support/surroundings.py"
EXEMPT = (SURROUNDINGS, "tests/lint/metadata.py", "tests/lint/metadata_test.py")
# file: why it may start a program with an empty environment.
EMPTY_ENVIRONMENT = {"tests/install/minimal_root.py": "the variables of surroundings.SAFE follow"}
FORBIDDEN_PYTHON = {
    "os.execve", "os.execle", "os.execvpe", "os.execlpe", "os.spawnve", "os.spawnvpe", "os.spawnle",
    "os.spawnlpe", "os.posix_spawn", "os.posix_spawnp", "os.environ.clear", "os.unsetenv",
}
FORBIDDEN_C = r"\b(execve|execle|execvpe|fexecve|posix_spawnp?|clearenv)\s*\("
VARIABLE = "ENSURE_METADATA"


def constant(node):
    return node.value if isinstance(node, ast.Constant) else None


def mark_keywords(tree):
    """Marks each name that is a function's **keywords: what a caller adds, and no environment."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.args.kwarg:
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and node.id == function.args.kwarg.arg:
                    node.is_keywords = True


def is_keywords(node):
    return getattr(node, "is_keywords", False)


def is_bare_dictionary(node):
    """Whether the expression is a dictionary that extends no other one."""
    if isinstance(node, ast.Dict):
        return all(name is not None or is_keywords(value)
                   for name, value in zip(node.keys, node.values))
    return is_keywords(node) or (
        isinstance(node, ast.Call) and ast.unparse(node.func) == "dict" and not node.args
        and all(keyword.arg or is_keywords(keyword.value) for keyword in node.keywords))


def names_in(node):
    if isinstance(node, ast.Dict):
        return {constant(key) for key in node.keys}
    return {keyword.arg for keyword in node.keywords}


def iterates_environment(node):
    return any("os.environ" in ast.unparse(part.iter) for part in node.generators)


def of_call(node):
    called = ast.unparse(node.func)
    if called in FORBIDDEN_PYTHON:
        yield f"{called} takes or makes an environment that is not of surroundings.py"
    for keyword in node.keywords:
        if keyword.arg == "env" and is_bare_dictionary(keyword.value):
            yield "env is a dictionary that does not begin with surroundings.py"
        if keyword.arg == VARIABLE and constant(keyword.value) != "off":
            yield f"{VARIABLE} is set to something else than off; use surroundings.with_metadata"
    if called.endswith(".pop") and node.args:
        name = constant(node.args[0])
        if name == VARIABLE or (name is None and called == "os.environ.pop"):
            yield f"{VARIABLE} may be removed; use surroundings.with_metadata"


def of_assignment(node):
    for target in node.targets:
        name = ast.unparse(target)
        if re.search(r"(environment|\benv)$", name) and is_bare_dictionary(node.value):
            yield f"{name} is a dictionary that does not begin with surroundings.py"
        if f"'{VARIABLE}'" in name and constant(node.value) != "off":
            yield f"{VARIABLE} is set to something else than off; use surroundings.with_metadata"


def of_dictionary(node):
    for name, value in zip(node.keys, node.values):
        if constant(name) == VARIABLE and constant(value) != "off":
            yield f"{VARIABLE} is set to something else than off; use surroundings.with_metadata"


def of_python(node):
    """The findings about one node of a syntax tree."""
    if isinstance(node, ast.Call):
        yield from of_call(node)
    if isinstance(node, ast.Assign):
        yield from of_assignment(node)
    if isinstance(node, ast.Dict):
        yield from of_dictionary(node)
    if isinstance(node, (ast.Dict, ast.Call)) and is_bare_dictionary(node):
        if "PATH" in names_in(node):
            yield "builds an environment from nothing; begin with surroundings.py"
    if isinstance(node, ast.DictComp) and iterates_environment(node):
        yield "filters the environment; surroundings.bare or unset does it"
    if isinstance(node, ast.Delete):
        for target in node.targets:
            if "os.environ" in ast.unparse(target) or f"'{VARIABLE}'" in ast.unparse(target):
                yield "removes a variable; surroundings.bare, unset or with_metadata does it"


def check_python(name, text):
    tree = ast.parse(text)
    mark_keywords(tree)
    for node in ast.walk(tree):
        for finding in of_python(node):
            yield f"{name}:{node.lineno}: {finding}"


def check_c(name, text):
    code = code_only(text)
    for match in re.finditer(FORBIDDEN_C, code):
        yield f"{name}:{line_of(code, match.start())}: {match.group(1)}() starts without {VARIABLE}=off"
    # A pointer is to options that another file makes.
    network = re.search(r"struct ens_engine_options\s+\w", code) and ".transport" not in code
    if network and "&ens_os_environment" not in code and f'"{VARIABLE}"' not in text:
        yield f"{name}: an engine with a network and an environment without {VARIABLE}=off"


def check_javascript(name, text):
    for match in re.finditer(r"\benv\s*:\s*\{(?!\s*\.\.\.process\.env)", text):
        yield f"{name}:{line_of(text, match.start())}: env does not begin with ...process.env"


def check_text(name, text):
    if name not in EMPTY_ENVIRONMENT:
        for match in re.finditer(r"\benv\s+-i\b|[\"']env[\"'],\s*[\"']-i[\"']", text):
            yield f"{name}:{line_of(text, match.start())}: env -i starts without {VARIABLE}=off"
    if name.endswith((".txt", ".cmake")) and name != "tests/environment.cmake" and VARIABLE in text:
        yield f"{name}: only tests/environment.cmake sets {VARIABLE}"


CHECKS = {".py": check_python, ".c": check_c, ".js": check_javascript}


def findings(source):
    for name in tracked(source, ""):
        if not name.startswith("tests/") or "/corpus/" in name:
            continue
        text = read(source, name)
        if name not in ADDRESSES_AS_DATA:
            for match in ADDRESSES.finditer(text):
                yield (f"{name}:{line_of(text, match.start())}: {match.group(0)} is the address of a "
                       "metadata service; no test sends to it (tests/lint/metadata.py lists data)")
        if name in EXEMPT:
            continue
        yield from check_text(name, text)
        for suffix, check in CHECKS.items():
            if name.endswith(suffix):
                yield from check(name, text)


def main():
    found = list(findings(sys.argv[1]))
    print("\n".join(found) if found else "metadata: clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
