/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of Baidu BCC, API v2: list by instance ids, start one, start many. Each has a function
 * that builds the request and one that reads the reply, with the contract of ensure/provider.h. */
#ifndef ENSURE_BAIDU_CALLS_H
#define ENSURE_BAIDU_CALLS_H

#include "ensure/provider.h"

/* Code of an id that the reply to a batch start lists as failed, for which the cloud has no code.
 */
#define BAIDU_CODE_FAILED_IN_BATCH "failedInstanceIdList"

void baidu_describe_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                            struct ens_http_request *ret);
void baidu_right_request(const struct ens_memory *memory, ens_str region,
                         struct ens_http_request *ret);
void baidu_read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                         const struct ens_http_reply *reply, struct ens_describe_result *ret);

void baidu_start_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                         struct ens_http_request *ret);
void baidu_read_start(const struct ens_memory *memory, const struct ens_call_spec *call,
                      const struct ens_http_reply *reply, struct ens_start_result *ret);

#endif
