/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of Alibaba Cloud ECS, API version 2014-05-26: DescribeInstances and StartInstances.
 * Each has a function that builds the request and one that reads the reply, with the contract of
 * ensure/provider.h. */
#ifndef ENSURE_ALIBABA_CALLS_H
#define ENSURE_ALIBABA_CALLS_H

#include "ensure/provider.h"

/* The locks that forbid a start, the most severe first. */
extern const struct ens_lock_row alibaba_locks[];

void alibaba_describe_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                              struct ens_http_request *ret);
void alibaba_right_request(const struct ens_memory *memory, ens_str region,
                           struct ens_http_request *ret);
void alibaba_read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                           const struct ens_http_reply *reply, struct ens_describe_result *ret);

void alibaba_start_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                           struct ens_http_request *ret);
void alibaba_read_start(const struct ens_memory *memory, const struct ens_call_spec *call,
                        const struct ens_http_reply *reply, struct ens_start_result *ret);

#endif
