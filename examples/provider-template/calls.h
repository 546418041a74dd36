/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls of the toy cloud: for each, the function that builds the request and the one that
 * reads the reply.
 *
 *   GET  /machines?ids=i-1,i-2                       200  i-1 off
 *                                                         i-2 on
 *   GET  /machines                                   200  the same of all machines
 *   POST /start?ids=i-1,i-2&token=T[&check=yes]      200  i-1 accepted
 *                                                         i-2 NoPower rack 7 has no power
 *
 * A refused call has an HTTP status from 400 and the body "Code message" on one line. check=yes is
 * the dry run; if it passes, the reply is 409 CheckPassed.
 */
#ifndef TOY_CALLS_H
#define TOY_CALLS_H

#include "ensure/provider.h"

void toy_describe_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                          struct ens_http_request *ret);
void toy_find_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                      const struct ens_filter *filter, struct ens_http_request *ret);
void toy_start_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                       struct ens_http_request *ret);
void toy_read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                       const struct ens_http_reply *reply, struct ens_describe_result *ret);
void toy_read_find(const struct ens_memory *memory, const struct ens_call_spec *call,
                   const struct ens_http_reply *reply, struct ens_find_result *ret);
void toy_read_start(const struct ens_memory *memory, const struct ens_call_spec *call,
                    const struct ens_http_reply *reply, struct ens_start_result *ret);

#endif
