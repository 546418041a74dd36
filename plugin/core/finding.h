/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finding: an instance that a selector found. Its fields and words are the same in the document
 * ensure.find/v1, in ensure.v1.FoundInstance and in every other front end.
 */
#ifndef ENSURE_CORE_FINDING_H
#define ENSURE_CORE_FINDING_H

#include "core/json.h"
#include "core/target.h"
#include "core/vocabulary.h"

#define ENS_FIND_FORMAT "ensure.find/v1"

struct ens_finding {
    struct ens_target target;
    ens_str name;
    enum ens_status status;
    ens_str provider_status; /* the cloud's own word */
    ens_str zone;
    ens_str instance_type;
    ens_str charge_type; /* the cloud's own word */
    const struct ens_pair *tags;
    size_t tag_count;
};

/* Why a selector has no answer, or no complete one. */
struct ens_find_failure {
    ens_str cloud; /* of the selector */
    ens_str region;
    enum ens_reason reason;
    ens_str message; /* one sentence */
    ens_str advice;  /* what the user can do, one sentence; empty: nothing */
    ens_str provider_code;
    uint32_t http_status; /* 0: no reply came */
    ens_str request_id;
};

/* "alibaba/cn-hangzhou: permission_denied: MESSAGE", for the warnings of a document. */
ens_str ens_find_failure_text(struct ens_arena *arena, const struct ens_find_failure *failure);

/*
 * Writes an ensure.find/v1 document piece by piece, so that it never is in memory as a whole: the
 * owner of the buffer may write out and reset it between two calls. warnings and summary come last,
 * as they are known then.
 */
struct ens_find_writer {
    struct ens_json json;
    size_t total;
};

/* created_at: RFC 3339. indent 0 gives one line. */
struct ens_find_writer ens_find_begin(struct ens_buf *out, ens_str created_at, unsigned indent);
void ens_find_add(struct ens_find_writer *writer, const struct ens_finding *finding);
/* Ends with a line feed. */
void ens_find_end(struct ens_find_writer *writer, const ens_str *warnings, size_t warning_count);

/* One element of "instances" as the next value of a JSON writer. */
void ens_finding_write(struct ens_json *json, const struct ens_finding *finding);

#endif
