/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classifies replies by the provider's tables: by the error code first, by the HTTP status only
 * where there is no known code. Pure.
 */
#ifndef ENSURE_CORE_CLASSIFY_H
#define ENSURE_CORE_CLASSIFY_H

#include "core/outcome.h"

struct ens_verdict {
    enum ens_reason reason; /* ENS_REASON_OK: the call succeeded */
    uint32_t flags;         /* ENS_CODE_* of the row */
    bool by_code;           /* the code decided, not the HTTP status */
};

/*
 * Rules, in this order:
 *   502, 503 and 504             unavailable, whatever the text says
 *   2xx to a dry run, no code    dry_run_not_honoured, whatever the body is
 *   429 not of the cloud's shape throttled, also where a proxy answered
 *   not the cloud's shape        malformed_response
 *   a code with a row            the row's reason
 *   a code with a word for a     permission_denied, as if it had a row
 *   missing permission
 *   a code without one           by HTTP status; 404 and 2xx are invalid_argument
 *   no code                      by HTTP status; 404, 3xx and the like are malformed_response
 * A dry run or probe is ok only by a row that says so: 2xx to a probe is malformed_response. Such a
 * row in answer to a real call is malformed_response too.
 */
struct ens_verdict ens_classify(const struct ens_provider *provider, enum ens_call_kind kind,
                                uint32_t http_status, const struct ens_answer *answer);

/* Classifies the code of one id in a reply that accepted a real start as a whole; empty:
 * accepted. */
struct ens_verdict ens_classify_item(const struct ens_provider *provider, uint32_t http_status,
                                     ens_str code);

/* The reason of a row of the code table. One that this version does not know is
 * ENS_REASON_INTERNAL. */
enum ens_reason ens_classify_row(const struct ens_code_row *row);

/* Whether a code, which has no row, contains a common word for a missing permission. */
bool ens_classify_denies(ens_str code);

/* The row of a status word. NULL: there is none, or its status or reason is unknown to this
 * version; the status is then ENS_STATUS_UNKNOWN. */
const struct ens_status_row *ens_classify_status(const struct ens_provider *provider, ens_str word);

/* The reason for which a lock prevents a start. A lock without a row is ENS_REASON_LOCKED. */
enum ens_reason ens_classify_lock(const struct ens_provider *provider, ens_str lock);

#endif
