# SPDX-License-Identifier: Apache-2.0
"""The table: fleets, the emulator's world for each, and the expected verdict on each target. A
verdict is a line

    ACTION CONFIDENCE REASON STATUS/PROVIDER_STATUS[ started]

with {S} and {R} for the cloud's words for stopped and running. A fleet with both modes is planned
on one emulator and applied on another with the same world. A target with "started" is started
exactly once, and all others never, unless `starts` says otherwise.
"""

import dataclasses

from harness import KEYS

V, A, B = CLOUDS = ("volcengine", "alibaba", "baidu")
REGION = {V: "cn-beijing", A: "cn-hangzhou", B: "bj"}
STOPPED = {V: "STOPPED", A: "Stopped", B: "Stopped"}
RUNNING = {V: "RUNNING", A: "Running", B: "Running"}

PASSED = {V: "start validated ok stopped/{S}", A: "start validated ok stopped/{S}",
          B: "start simulated ok stopped/{S}"}
SETTLING = {V: "unverified", A: "unverified", B: "simulated"}
UP = "start validated ok running/{R} started"
CAME_UP = "wait observed ok running/{R}"
RUNS = "none observed already_running running/{R}"
ABSENT = "refuse observed not_found absent/"


@dataclasses.dataclass
class Row:
    """A target. instance: its entry in the emulator's world; None: there is none."""
    cloud: str
    region: str
    name: str
    verdicts: dict  # mode -> line
    instance: dict
    starts: dict    # mode -> expected number of starts

    @property
    def target(self):
        return f"{self.cloud}/{self.region}/{self.name}"

    def verdict(self, mode):
        """The line as a dictionary of fields."""
        line = self.verdicts[mode].format(S=STOPPED[self.cloud], R=RUNNING[self.cloud])
        action, confidence, reason, words, *started = line.split(" ")
        status, _, provider_status = words.partition("/")
        verdict = {"target": self.target, "action": action, "confidence": confidence,
                   "reason": reason, "status": status, "provider_status": provider_status}
        return verdict if mode == "plan" else {
            **verdict, "started": started == ["started"], "start_sent": action == "start"}


@dataclasses.dataclass
class Fleet:
    name: str
    rows: list
    modes: tuple = ("plan", "apply")
    accounts: list = None    # None: KEYS
    keys: dict = dataclasses.field(default_factory=dict)  # cloud -> keys that replace KEYS;
                                                          # None: no keys
    faults: tuple = ()
    timeout_s: int = 0       # 0: the front end's default
    dry_run: bool = True
    repeated: bool = False   # every target is given twice
    reported_as_error: bool = False  # by Terraform's data sources, which show refusals as results

    def key(self, cloud):
        """(access key, secret key[, security token]); None: there is none."""
        return self.keys.get(cloud, KEYS[cloud])


def row(cloud, name, plan=None, apply=None, status=None, region=None, starts=None, **members):
    """A target and its instance, by default stopped and startable."""
    region = region or REGION[cloud]
    verdicts = {"plan": plan or PASSED[cloud], "apply": apply or UP}
    instance = {"cloud": cloud, "region": region, "id": name,
                "status": status or STOPPED[cloud], **members}
    default = {mode: int(line.endswith(" started")) for mode, line in verdicts.items()}
    return Row(cloud, region, name, verdicts, instance, {**default, **(starts or {})})


def missing(cloud, name, verdict=ABSENT, region=None):
    """A target without an instance."""
    return Row(cloud, region or REGION[cloud], name, {"plan": verdict, "apply": verdict}, None,
               {"plan": 0, "apply": 0})


def same(cloud, name, verdict, **more):
    return row(cloud, name, verdict, verdict, **more)


def everywhere(name="i-1", **more):
    """One target per cloud."""
    return [row(cloud, name, **more) for cloud in CLOUDS]


# ---- every status word of every cloud -----------------------------------------------------------

def starting(cloud, word):
    """One read shows the word, the next one shows that it is running."""
    return row(cloud, f"i-{word}", f"wait observed in_progress starting/{word}", CAME_UP, word,
               becomes={"status": RUNNING[cloud], "after_reads": 1})


def settling(cloud, word, status):
    """One read shows the word, the next one shows that it is stopped."""
    return row(cloud, f"i-{word}", f"start {SETTLING[cloud]} in_progress {status}/{word}", UP, word,
               becomes={"status": STOPPED[cloud], "after_reads": 1})


def settling_running(cloud, word):
    """One read shows that it is busy, the next one shows that it is running."""
    return row(cloud, f"i-{word}-up", f"start {SETTLING[cloud]} in_progress busy/{word}", RUNS,
               word, becomes={"status": RUNNING[cloud], "after_reads": 1})


def states():
    busy = ("Scaling", "VolumeResizing", "BillingChanging", "ChangeSubnet", "ChangeVpc",
            "AttachingPort", "DetachingPort", "Moving", "SnapshotProcessing", "ImageProcessing",
            "Recharging")
    rows = [same(cloud, "i-running", RUNS, status=RUNNING[cloud]) for cloud in CLOUDS]
    rows += everywhere("i-stopped")
    rows += [missing(cloud, "i-none") for cloud in CLOUDS]
    rows += [starting(V, word) for word in ("STARTING", "REBOOTING", "CREATING")]
    rows += [starting(A, word) for word in ("Starting", "Pending")] + [starting(B, "Starting")]
    rows += [settling(V, "STOPPING", "stopping"), settling(A, "Stopping", "stopping"),
             settling(B, "Stopping", "stopping")]
    rows += [settling(V, word, "busy") for word in ("REBUILDING", "RESIZING")]
    rows += [settling(B, word, "busy") for word in busy]
    rows += [settling_running(V, "RESIZING"), settling_running(B, "Scaling")]
    rows += [same(V, "i-error", "refuse observed wrong_state failed/ERROR", status="ERROR"),
             same(B, "i-error", "refuse observed wrong_state failed/Error", status="Error"),
             same(B, "i-expired", "refuse observed expired failed/Expired", status="Expired"),
             same(B, "i-recycled", "refuse observed expired failed/Recycled", status="Recycled"),
             same(V, "i-del", "refuse observed not_found deleting/DELETING", status="DELETING"),
             same(B, "i-del", "refuse observed not_found deleting/Deleted", status="Deleted")]
    rows += [same(cloud, "i-odd", "refuse observed wrong_state unknown/Dreaming", shows="Dreaming")
             for cloud in CLOUDS]
    return rows


# ---- every refusal ------------------------------------------------------------------------------

def refused(cloud, flag, reason):
    """Refused by the dry run and by the start."""
    return same(cloud, f"i-{flag}", f"refuse validated {reason} stopped/{{S}}",
                flags=[f"{flag}@both"])


def refused_late(cloud, flag, reason):
    """Refused by the start, but not by the dry run."""
    return row(cloud, f"i-{flag}-late", None, f"refuse validated {reason} stopped/{{S}}",
               flags=[f"{flag}@real" if cloud != B else flag])


def read_refused(cloud, flag, reason):
    """Refused because of what the read shows."""
    return same(cloud, f"i-{flag}", f"refuse observed {reason} stopped/{{S}}", flags=[flag])


def unverified(cloud, flag, reason):
    """The dry run fails, the start does not."""
    return row(cloud, f"i-{flag}-dry", f"start unverified {reason} stopped/{{S}}", UP,
               flags=[f"{flag}@dry_run"])


def coded(cloud, code, reason, apply=None):
    verdict = f"refuse validated {reason} stopped/{{S}}"
    return row(cloud, "i-" + "-".join(code.split(":")[1:]).replace(".", "-"),
               None if apply else verdict, apply or verdict, flags=[code])


VANISHED = "refuse validated not_found absent/"


def volcengine_refusals():
    rows = [refused(V, *pair) for pair in (
        ("balance", "insufficient_balance"), ("stock", "no_capacity"), ("creating_image", "locked"),
        ("resource_locked", "locked"), ("other_service", "permission_denied"),
        ("token_mismatch", "token_mismatch"))]
    rows += [coded(V, "code:400:Brand.New", "invalid_argument"),
             coded(V, "code:409:Other.New", "locked"),
             coded(V, "code:404:ServiceNotFound", "invalid_argument")]
    return rows + [
        refused_late(V, "stock", "no_capacity"), read_refused(V, "expired", "expired"),
        same(V, "i-vanished", VANISHED, flags=["vanished"]),
        row(V, "i-busy", "refuse validated wrong_state stopped/{S}", UP,
            flags=["wrong_state@dry_run"]),
        row(V, "i-denied", "start unverified permission_denied stopped/{S}",
            "refuse validated permission_denied stopped/{S}", flags=["permission"]),
        unverified(V, "permission", "permission_denied"), unverified(V, "internal", "internal"),
        row(V, "i-processing", flags=["in_progress@real*1"]), row(V, "i-fine")]


def alibaba_refusals():
    rows = [refused(A, *pair) for pair in (
        ("balance", "insufficient_balance"), ("arrears", "insufficient_balance"),
        ("stock", "no_capacity"), ("private_pool_stock", "no_capacity"),
        ("spot_price", "spot_price"), ("kms_key_disabled", "key_disabled"),
        ("kms_unauthorized", "key_disabled"), ("system_disk_missing", "wrong_state"),
        ("host_repairing", "locked"))]
    rows += [read_refused(A, *pair) for pair in (
        ("locked_security", "locked"), ("recycling", "locked"), ("refunded", "locked"),
        ("locked_financial", "insufficient_balance"),
        ("locked_host_financial", "insufficient_balance"), ("expired", "expired"))]
    return rows + [
        refused_late(A, "stock", "no_capacity"), refused_late(A, "balance", "insufficient_balance"),
        same(A, "i-vanished", VANISHED, flags=["vanished"]),
        row(A, "i-denied", "start unverified permission_denied stopped/{S}",
            "refuse validated permission_denied stopped/{S}", flags=["permission"]),
        unverified(A, "permission", "permission_denied"),
        row(A, "i-not-ready", flags=["not_ready@real*1"]),
        row(A, "i-conflict", flags=["conflict@real*1"]), row(A, "i-fine")]


def baidu_refusals():
    return [read_refused(B, "expired", "expired"),
            row(B, "i-vanished", None, VANISHED, flags=["vanished"]),
            refused_late(B, "permission", "permission_denied"),
            refused_late(B, "operation_denied", "permission_denied"),
            refused_late(B, "token_mismatch", "token_mismatch"),
            coded(B, "code:409:Instance.TaskRunning", "locked",
                  "refuse validated locked stopped/{S}"),
            row(B, "i-not-ready", flags=["not_ready*2"]), row(B, "i-fine"), row(B, "i-fine-too")]


# ---- accounts, faults, time ---------------------------------------------------------------------

UNAUTHENTICATED = "refuse unverified unauthenticated unknown/"
READ_DENIED = "refuse unverified permission_denied unknown/"
SHORT_TIMEOUT_S = 5  # long enough for a start and the read after it
BEYOND_DEADLINE_MS = 15 * 60 * 1000  # longer than every default timeout
TEMPORARY = {cloud: (f"key-of-{cloud}", f"secret-of-{cloud}", f"token-of-{cloud}")
             for cloud in CLOUDS}


def account(cloud, **more):
    return {"cloud": cloud, "access_key": KEYS[cloud][0], "secret_key": KEYS[cloud][1], **more}


def temporary(cloud, **more):
    key, secret, token = TEMPORARY[cloud]
    return {"cloud": cloud, "access_key": key, "secret_key": secret, "security_token": token,
            **more}


def on_each(fault):
    """The fault on each cloud, with a counter per cloud."""
    return tuple(f"{fault},cloud={cloud}" for cloud in CLOUDS)


def many():
    """More targets than fit into one call, with some in each that are refused."""
    rows = [row(cloud, f"i-{n:03}") for cloud in CLOUDS for n in range(130)]
    rows += [same(cloud, f"i-on-{n}", RUNS, status=RUNNING[cloud])
             for cloud in CLOUDS for n in range(5)]
    rows += [refused(cloud, "stock", "no_capacity") for cloud in (V, A)]
    rows += [read_refused(cloud, "expired", "expired") for cloud in CLOUDS]
    return rows + [missing(cloud, "i-gone") for cloud in CLOUDS]


FLEETS = [
    Fleet("states", states()),
    Fleet("refused by volcengine", volcengine_refusals()),
    Fleet("refused by alibaba", alibaba_refusals()),
    Fleet("refused by baidu", baidu_refusals()),
    Fleet("nothing to do", [same(cloud, "i-on", RUNS, status=RUNNING[cloud]) for cloud in CLOUDS]),
    Fleet("all startable", everywhere("i-1") + everywhere("i-2")),
    Fleet("temporary keys", everywhere(), accounts=[temporary(cloud) for cloud in CLOUDS],
          keys=TEMPORARY),
    Fleet("more than a batch", many()),
    Fleet("duplicate targets", everywhere("i-1") + everywhere("i-2"), repeated=True),
    Fleet("unknown region", [
        row(A, "i-1"),
        missing(A, "i-2", "refuse unverified invalid_argument unknown/", "cn-nowhere"),
        missing(V, "i-3", region="cn-nowhere")]),
    Fleet("no keys for one cloud", [row(V, "i-1"), same(A, "i-1", UNAUTHENTICATED), row(B, "i-1")],
          keys={A: None}),
    Fleet("wrong keys", [same(cloud, name, UNAUTHENTICATED) for cloud in CLOUDS
                         for name in ("i-1", "i-2")],
          keys={V: (KEYS[V][0], "not-the-secret"), A: ("LTAIunknown", KEYS[A][1]),
                B: (KEYS[B][0], "not-the-secret")}),
    Fleet("wrong key for one cloud", [row(V, "i-1"), row(A, "i-1"),
                                      same(B, "i-1", UNAUTHENTICATED)],
          keys={B: ("unknown", "unknown")}),
    Fleet("expired token", [row(V, "i-1"), same(A, "i-1", UNAUTHENTICATED), row(B, "i-1")],
          accounts=[account(V), temporary(A, state="token_expired"), account(B)],
          keys={A: TEMPORARY[A]}),
    Fleet("may not dry run", [row(cloud, name, f"start unverified permission_denied stopped/{{S}}")
                              for cloud in (V, A) for name in ("i-1", "i-2")],
          accounts=[account(V, denied=["StartInstance@dry_run"]),
                    account(A, denied=["StartInstances@dry_run"])]),
    Fleet("may only read", [
        row(V, "i-1", "start unverified permission_denied stopped/{S}",
            "refuse validated permission_denied stopped/{S}"),
        row(A, "i-1", "start unverified permission_denied stopped/{S}",
            "refuse validated permission_denied stopped/{S}"),
        row(B, "i-1", None, "refuse validated permission_denied stopped/{S}")],
        accounts=[account(cloud, denied=["StartInstance", "StartInstances"]) for cloud in CLOUDS]),
    Fleet("may not read", [same(cloud, name, READ_DENIED) for cloud in CLOUDS
                                for name in ("i-1", "i-2")],
          accounts=[account(V, denied=["DescribeInstances"]),
                    account(A, denied=["DescribeInstances"]),
                    account(B, denied=["DescribeInstance", "DescribeInstances", "ListInstances"])]),
    Fleet("without dry run", [
        *everywhere(plan="start unverified ok stopped/{S}"),
        row(V, "i-locked", "start unverified ok stopped/{S}",
            "refuse validated locked stopped/{S}", flags=["resource_locked"]),
        row(B, "i-Stopping", "start unverified in_progress stopping/Stopping", UP, "Stopping",
            becomes={"status": "Stopped", "after_reads": 1})], dry_run=False),
    Fleet("no answer to the dry run", [
        row(V, "i-1", "start unverified unavailable stopped/{S}"),
        row(A, "i-1", "start unverified malformed_response stopped/{S}"), row(B, "i-1")],
        faults=("http:503,cloud=volcengine,dry_run=yes", "garbage:400,cloud=alibaba,dry_run=yes")),
    Fleet("dry run not honoured", [
        row(V, "i-1", "refuse observed dry_run_not_honoured starting/STARTING", starts={"plan": 1},
            on_start="stays_starting"),
        row(A, "i-1", "refuse observed dry_run_not_honoured starting/Starting", starts={"plan": 1},
            on_start="stays_starting")],
        faults=("start-anyway",), modes=("plan",), reported_as_error=True),
    Fleet("throttled for a while", everywhere(), faults=on_each("throttle:50,first=2")),
    Fleet("unavailable for a while", everywhere(), faults=on_each("http:503,first=2")),
    Fleet("reads fail", [same(V, "i-1", "refuse unverified unavailable unknown/"),
                             same(A, "i-1", "refuse unverified malformed_response unknown/"),
                             same(B, "i-1", "refuse unverified internal unknown/")],
          faults=("http:503,cloud=volcengine", "html,cloud=alibaba", "http:500,cloud=baidu")),
    Fleet("throttled beyond the deadline", [
        same(cloud, "i-1", "refuse unverified throttled unknown/") for cloud in CLOUDS],
        faults=(f"throttle:{BEYOND_DEADLINE_MS}",)),
    Fleet("only starts throttled", [
        row(cloud, "i-1", plan, "refuse observed throttled stopped/{S}")
        for cloud, plan in ((V, "start unverified throttled stopped/{S}"),
                            (A, "start unverified throttled stopped/{S}"), (B, None))],
        faults=(f"throttle:{BEYOND_DEADLINE_MS},action=StartInstance",
                f"throttle:{BEYOND_DEADLINE_MS},action=StartInstances")),
    Fleet("clock skew", [same(cloud, "i-1", "refuse unverified clock_skew unknown/")
                            for cloud in CLOUDS],
          faults=("error:403:RequestExpired,cloud=volcengine",
                  "error:400:InvalidTimeStamp.Expired,cloud=alibaba",
                  "error:403:RequestExpired,cloud=baidu")),
    Fleet("starts fail", [
        row(cloud, "i-1", apply="start observed unavailable stopped/{S}") for cloud in CLOUDS],
        faults=("http:503,action=StartInstance,dry_run=no",
                "http:503,action=StartInstances,dry_run=no"), modes=("apply",)),
    Fleet("reply lost", everywhere("i-1"), modes=("apply",),
          faults=tuple(f"{fault},dry_run=no,first=1,effect=yes" for fault in (
              "cut,cloud=volcengine,action=StartInstance",
              "cut,cloud=alibaba,action=StartInstances",
              "cut,cloud=baidu,action=StartInstance"))),
    Fleet("reply lost, then reads denied", [
        row(cloud, "i-1", apply="start unverified ambiguous unknown/", starts={"apply": 1})
        for cloud in CLOUDS], modes=("apply",),
        faults=("cut,action=StartInstance,effect=yes", "cut,action=StartInstances,effect=yes",
                "error:403:AccessDenied,cloud=volcengine,action=DescribeInstances,nth=2",
                "error:403:Forbidden.RAM,cloud=alibaba,action=DescribeInstances,nth=2",
                "error:403:AccessDenied,cloud=baidu,action=DescribeInstance,nth=2",
                "error:403:AccessDenied,cloud=baidu,action=DescribeInstances,nth=2")),
    Fleet("no reply before the deadline", [
        row(V, "i-1", apply="refuse unverified timed_out unknown/"),
        row(A, "i-1", apply="start observed timed_out stopped/{S}"),
        row(B, "i-1", apply="start observed timed_out stopped/{S}")],
        faults=("hang,cloud=volcengine", "hang,action=StartInstances", "hang,action=StartInstance"),
        modes=("apply",), timeout_s=SHORT_TIMEOUT_S),
    Fleet("stopped or failed after the start", [
        *(row(cloud, "i-back", apply="start validated fell_back stopped/{S} started",
              on_start="falls_back", boot_reads=1) for cloud in CLOUDS),
        row(V, "i-fails", apply="start validated wrong_state failed/ERROR started",
            on_start="fails"),
        row(B, "i-fails", apply="start validated wrong_state failed/Error started",
            on_start="fails"), row(A, "i-fine")], modes=("apply",)),
    Fleet("not running at the deadline", [
        row(V, "i-slow", apply="start validated timed_out starting/STARTING started",
            on_start="stays_starting"),
        row(A, "i-slow", apply="start validated timed_out starting/Starting started",
            on_start="stays_starting"),
        row(B, "i-coming", apply="wait observed timed_out starting/Starting", status="Starting")],
        modes=("apply",), timeout_s=SHORT_TIMEOUT_S),
    Fleet("not settled at the deadline", [
        row(V, "i-busy", apply="wait observed timed_out busy/RESIZING", status="RESIZING"),
        row(A, "i-stopping", apply="wait observed timed_out stopping/Stopping", status="Stopping"),
        row(B, "i-moving", apply="wait observed timed_out busy/Moving", status="Moving")],
        modes=("apply",), timeout_s=SHORT_TIMEOUT_S),
]
