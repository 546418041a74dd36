/* SPDX-License-Identifier: Apache-2.0 */
/* What all calls of Volcengine's gateway have in common: ECS and STS. */
#ifndef ENSURE_VOLCENGINE_GATEWAY_H
#define ENSURE_VOLCENGINE_GATEWAY_H

#include <stdbool.h>

#include "kit/json.h"
#include "kit/request.h"

/* All parameters are in the query of a GET; the region is only in the scope of the signature. */
struct kit_pairs volcengine_begin_query(const struct ens_memory *memory, ens_str action,
                                        ens_str version);
void volcengine_finish_request(const struct kit_pairs *query, struct ens_http_request *ret);

#define VOLCENGINE_ENVELOPE "ResponseMetadata RequestId Error Code Message errorcode message"

/* Reads the members that all replies have. names: VOLCENGINE_ENVELOPE and what else the caller
 * reads, as for kit_reply_object(). Returns the document; NULL: there is none. */
json_t *volcengine_read_envelope(const struct ens_memory *memory,
                                 const struct ens_http_reply *reply, const char *names,
                                 struct ens_answer *answer);

bool volcengine_is_accepted(const struct ens_http_reply *reply, const struct ens_answer *answer);

#endif
