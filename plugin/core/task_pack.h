/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A task in few bytes, while it waits: some 30, and the texts that it keeps (its token and the id
 * of the reply to its start). Pure.
 */
#ifndef ENSURE_CORE_TASK_PACK_H
#define ENSURE_CORE_TASK_PACK_H

#include "base/buf.h"
#include "core/task.h"

/* The most bytes of a packed task: its texts are limited by ENS_CLOUD_WORD_MAX and
 * ENS_CLOUD_MESSAGE_MAX, a clause by what a policy may hold. */
#define ENS_TASK_PACKED_MAX ((size_t)65535)

/* Appends all that the task knows but its params, provider and target. Between two calls only: it
 * waits for a read. */
void ens_task_pack(const struct ens_task *task, struct ens_buf *ret);

/* Fills a task whose params, provider and target the caller has set, as they were. Texts are copied
 * into the arena of its params. */
void ens_task_unpack(ens_str packed, struct ens_task *task);

#endif
