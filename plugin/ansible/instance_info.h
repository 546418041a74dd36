/* SPDX-License-Identifier: Apache-2.0 */
/* The module ensure.cloud.instance_info: reads named instances, or lists those that filters ask
 * for. Sends nothing but reads. */
#ifndef ENSURE_ANSIBLE_INSTANCE_INFO_H
#define ENSURE_ANSIBLE_INSTANCE_INFO_H

#include "ansible/args.h"
#include "base/buf.h"
#include "engine/engine.h"

/* Writes the result; returns whether the run succeeded. */
bool ens_instance_info(struct ens_engine *engine, const struct ens_args *args, struct ens_buf *out);

#endif
