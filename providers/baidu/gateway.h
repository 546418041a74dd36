/* SPDX-License-Identifier: Apache-2.0 */
/* What all calls of Baidu's APIs have in common: BCC and STS. */
#ifndef ENSURE_BAIDU_GATEWAY_H
#define ENSURE_BAIDU_GATEWAY_H

#include <stdbool.h>

#include "kit/json.h"
#include "kit/request.h"

/* Sets query and headers; method, path and body have been set. */
void baidu_finish_request(const struct kit_pairs *query, struct ens_http_request *ret);

#define BAIDU_ENVELOPE "requestId code message"

/* Reads the members that all replies have. names: BAIDU_ENVELOPE and what else the caller reads, as
 * for kit_reply_object(). Returns the document of an accepted call; NULL: it is empty, or the call
 * was not accepted and the answer says why. */
json_t *baidu_read_envelope(const struct ens_memory *memory, const struct ens_http_reply *reply,
                            const char *names, bool may_be_empty, struct ens_answer *answer);

#endif
