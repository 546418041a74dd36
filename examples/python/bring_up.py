#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plans a fleet, prints the plan, and applies it.

    ./bring_up.py alibaba/cn-hangzhou/i-bp67acfmxazb4p0001 baidu/bj/i-3mtkTk01
"""
import sys

import ensure


def show(kind, instance):
    word = "done" if kind == ensure.RESULT else "..."
    print(f"{word:4} {instance['target']} {instance['status']}", file=sys.stderr)


def main():
    try:
        with ensure.Session() as session:
            plan = session.plan(sys.argv[1:])
            for instance in plan["instances"]:
                print(f"{instance['target']}: {instance['action']} ({instance['confidence']}, "
                      f"{instance['reason']}) {instance['message']} {instance['advice']}")
            result = session.apply(plan, event=show)
    except ensure.Error as error:
        sys.exit(f"bring_up: {error}")
    late = [i["target"] for i in result["instances"] if i["status"] != "running"]
    print("all running" if not late else f"not running: {', '.join(late)}")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
