/* SPDX-License-Identifier: Apache-2.0 */
/* What all calls of Alibaba Cloud's RPC APIs have in common: ECS and STS. */
#ifndef ENSURE_ALIBABA_GATEWAY_H
#define ENSURE_ALIBABA_GATEWAY_H

#include "kit/json.h"
#include "kit/request.h"

/* Action and version are headers of a POST; the parameters are its query. */
void alibaba_finish_request(const struct kit_pairs *query, ens_str action, ens_str version,
                            struct ens_http_request *ret);

#define ALIBABA_ENVELOPE "RequestId requestId Code code Message message"

/* Reads the members that all replies have. names: ALIBABA_ENVELOPE and what else the caller reads,
 * as for kit_reply_object(). Returns the document of an accepted call, which has the member
 * expected; NULL: it was not accepted, and the answer says why. */
json_t *alibaba_read_envelope(const struct ens_memory *memory, const struct ens_http_reply *reply,
                              const char *names, const char *expected, struct ens_answer *answer);

#endif
