/* SPDX-License-Identifier: Apache-2.0 */
/* The module ensure.cloud.instance_running: starts what is stopped, in check mode plans it. */
#ifndef ENSURE_ANSIBLE_INSTANCE_RUNNING_H
#define ENSURE_ANSIBLE_INSTANCE_RUNNING_H

#include "ansible/args.h"
#include "base/buf.h"
#include "engine/engine.h"

/* Writes the result; returns whether the run succeeded. */
bool ens_instance_running(struct ens_engine *engine, const struct ens_args *args,
                          struct ens_buf *out);

#endif
