# SPDX-License-Identifier: Apache-2.0
"""Every rule, from every source of guards, through every entry: what is refused, what is said of it, and
that no request was sent that could start it.

usage: guards_test.py FRONT_END BIN_DIRECTORY ANSIBLE_DIRECTORY
       FRONT_END is cli, lib, rpc, terraform, provider or ansible
"""

import concurrent.futures
import contextlib
import os
import sys
import tempfile

import table
import entries
import needs
import surroundings
import terraform_host

PARALLEL = 4


def made_by(front_end, collections):
    return {
        "cli": lambda: [entries.CliPlan(), entries.Cli(), entries.CliSaved(), entries.CliSavedWithGuards()],
        "lib": lambda: [entries.LibPlan(), entries.Lib(), entries.LibSaved()],
        "rpc": lambda: [entries.RpcPlan(), entries.Rpc(), entries.RpcSaved()],
        "terraform": lambda: [entries.TerraformPlan(), entries.Terraform(), entries.TerraformSaved()],
        "provider": lambda: [entries.Provider(), entries.PlanAction(), entries.Invoke()],
        "ansible": lambda: [entries.AnsibleCheck(collections), entries.Ansible(collections)],
    }[front_end]()


def check(entry, case, found):
    """Yields one line per difference."""
    rule, source = case.rule, entry.sources[case.source]
    refused = set(table.IDS) if rule.said else set()
    said = rule.said.replace("RUN", entry.run_word)
    if rule.counted and entry.process:
        refused = set(found) if len(found) == 1 else {"any one of them"}
        said = "max_starts 2, this process has planned or sent 2"
    if case.source == "variable":
        source = case.path(source)
    if set(found) != refused:
        yield f"refuses {sorted(found)}, not {sorted(refused)}: {found}"
    for name, message in found.items():
        if f"{source}: {said}." not in message:
            yield f"{name}: {message}"
    started, requests = case.starts()
    # Terraform applies nothing of a plan with an error.
    whole = isinstance(entry, entries.Terraform) and refused
    expected = set(table.IDS) - refused if entry.starts and not whole else set()
    if started != expected:
        yield f"started {sorted(started)}, not {sorted(expected)}"
    if not expected and requests:
        yield f"sent {requests} requests that could start"


def text_of(error):
    """What a front end that fails says."""
    return error.details() if hasattr(error, "details") else str(error)


def unusable(entry, case):
    """Yields one line per difference where the policy file has an unknown key: nothing is sent."""
    try:
        yield f"goes on: {entry.run_all([case])}"
    except Exception as error:  # pylint: disable=broad-exception-caught
        wanted = f'unknown key "{next(iter(table.UNUSABLE.policy))}"'
        if wanted not in text_of(error).replace('\\"', '"') or "policy.json" not in text_of(error):
            yield f"says {text_of(error)}"
    requests = case.emulator.control.ledger()["requests"]
    if requests:
        yield f"sent {requests}"


def differences(front_end, programs, collections, directory):
    sources = None if table.can_mount() else {"variable", "setting", "fleet", "request"}
    if sources is not None:
        print("no mounts of its own for a process here: without the system's file", flush=True)
    emulator = os.path.join(programs, "ensure-emulator")
    count = 0
    for entry in made_by(front_end, collections):
        name = type(entry).__name__
        if "Saved" not in name:  # those are planned before the file is there
            with table.Case(name, table.UNUSABLE, "variable", programs,
                            os.path.join(directory, f"{name}-unusable"), emulator) as case:
                yield from (f"{case.name}: {line}" for line in unusable(entry, case))
        with contextlib.ExitStack() as stack:
            cases = [stack.enter_context(table.Case(
                name, rule, source, programs, os.path.join(directory, f"{name}-{n}-{source}"),
                emulator))
                for n, rule in enumerate(table.RULES) for source in entry.sources
                if entry.takes(rule, source) and (sources is None or source in sources)]
            if type(entry).run_all is entries.Entry.run_all:
                with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
                    outcomes = list(pool.map(entry.run, cases))
            else:
                outcomes = entry.run_all(cases)
            for case, found in zip(cases, outcomes):
                yield from (f"{case.name}: {line}" for line in check(entry, case, found))
            count += len(cases)
    print(f"{front_end}: {count} cases")


def main():
    front_end, programs, collections = sys.argv[1:4]
    if front_end == "ansible":
        needs.programs(("ansible-playbook", "apt-get install ansible-core"))
    if front_end == "terraform":
        try:
            print(f"host: {terraform_host.get().name}", flush=True)
        except terraform_host.Unavailable as missing:
            print(missing)
            return missing.status
    if not table.can_mount() and os.environ.get("CI") == "true":
        print("a process can't have mounts of its own here")
        return 1
    surroundings.enter("CI", "ENSURE_TEST_HOST")
    with tempfile.TemporaryDirectory(prefix="ensure-guards-") as directory:
        found = list(differences(front_end, os.path.abspath(programs), os.path.abspath(collections),
                                 directory))
    print("\n".join(found or ["no differences"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
