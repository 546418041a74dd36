/* SPDX-License-Identifier: Apache-2.0 */
/* The two calls of Alibaba Cloud ECS, API version 2014-05-26: DescribeInstances and StartInstances.
 * Each is a pair of a builder and a reader; see ensure/provider.h for what they must do. */
#ifndef ENSURE_ALIBABA_CALLS_H
#define ENSURE_ALIBABA_CALLS_H

#include "ensure/provider.h"

/* The locks that keep an instance from being started, the gravest first. */
extern const struct ens_lock_row alibaba_locks[];

void alibaba_describe_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                              struct ens_http_request *ret);
void alibaba_read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                           const struct ens_http_reply *reply, struct ens_describe_result *ret);

void alibaba_start_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                           struct ens_http_request *ret);
void alibaba_read_start(const struct ens_memory *memory, const struct ens_call_spec *call,
                        const struct ens_http_reply *reply, struct ens_start_result *ret);

#endif
