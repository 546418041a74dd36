/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of Volcengine ECS, API version 2020-04-01: DescribeInstances and StartInstance. Each
 * has a function that builds the request and one that reads the reply, with the contract of
 * ensure/provider.h. */
#ifndef ENSURE_VOLCENGINE_CALLS_H
#define ENSURE_VOLCENGINE_CALLS_H

#include "ensure/provider.h"

void volcengine_describe_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                                 struct ens_http_request *ret);
void volcengine_right_request(const struct ens_memory *memory, ens_str region,
                              struct ens_http_request *ret);
void volcengine_read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                              const struct ens_http_reply *reply, struct ens_describe_result *ret);

void volcengine_start_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                              struct ens_http_request *ret);
void volcengine_read_start(const struct ens_memory *memory, const struct ens_call_spec *call,
                           const struct ens_http_reply *reply, struct ens_start_result *ret);

#endif
