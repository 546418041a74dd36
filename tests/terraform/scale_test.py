# SPDX-License-Identifier: Apache-2.0
"""A thousand resources: the calls of resources that are planned at the same time are batched. Each
test prints the number of ids per call, from the emulator's ledger."""

from case import Case, instance, main

PARTS = 5
SIZE = 200
COUNT = PARTS * SIZE # of which the first part is stopped
# Several maps, because terraform evaluates for_each again for each of its instances, which takes
# minutes for a computed set of a thousand.
FOR_EACH = "\n".join(f"""
locals {{
  ids_{part} = {{ for n in range(1, {SIZE + 1}) : "i-{part}-${{n}}" => n }}
}}

resource "ensure_instance_running" "part_{part}" {{
  for_each    = local.ids_{part}
  cloud       = "alibaba"
  region      = "cn-hangzhou"
  instance_id = each.key
}}
""" for part in range(PARTS))
BY_COUNT = f"""
resource "ensure_instance_running" "all" {{
  count       = {COUNT}
  cloud       = "alibaba"
  region      = "cn-hangzhou"
  instance_id = "i-${{floor(count.index / {SIZE})}}-${{count.index % {SIZE} + 1}}"
}}
"""


class Scale(Case):
    def sharing(self, step):
        """Prints and returns the mean number of ids per call."""
        ledger = self.emulator.control.ledger()
        self.assertEqual((ledger["violations"], ledger["requests_dropped"]), ([], 0))
        ids = sum(len(request["ids"]) for request in ledger["requests"])
        calls = len(ledger["requests"])
        print(f"{self.id().split('.')[-1]}: {step}: {calls} calls with {ids} ids, "
              f"{ids / calls:.1f} a call", flush=True)
        self.reset_ledger()
        return ids / calls

    def run_all(self, block, parallelism, least):
        option = f"-parallelism={parallelism}"
        self.start_world(*(instance("alibaba", f"i-{part}-{{n}}", "Running" if part else "Stopped",
                                    count=SIZE) for part in range(PARTS)),
                         options=("--latency-ms", "30"))
        self.configure(block)
        outcome = self.plan(option, code=2)
        self.assertEqual(len(outcome.changes), COUNT)
        self.assertEqual(self.starts, {})
        self.assertGreater(self.sharing("plan, a fifth is to start"), least)
        self.apply(option)
        self.assertEqual(self.starts,
                         {f"alibaba/cn-hangzhou/i-0-{n + 1}": 1 for n in range(SIZE)})
        self.sharing("plan and apply")
        self.plan(option, code=0)
        self.assertGreater(self.sharing("plan, nothing to do"), least)

    def test_for_each_at_parallelism_10(self):
        self.run_all(FOR_EACH, 10, 2)

    def test_count_at_parallelism_100(self):
        self.run_all(BY_COUNT, 100, 8)


if __name__ == "__main__":
    main()
