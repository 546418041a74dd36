/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reply means, by the provider's tables: the code's text first, the HTTP status only where
 * the text says nothing. Pure.
 */
#ifndef ENSURE_CORE_CLASSIFY_H
#define ENSURE_CORE_CLASSIFY_H

#include "core/outcome.h"

struct ens_verdict {
    enum ens_reason reason; /* ENS_REASON_OK: the call did what it is for */
    uint32_t flags;         /* ENS_CODE_* of the row */
    bool by_code;           /* the code decided, not the HTTP status */
};

/*
 * In this order:
 *   502, 503 and 504             unavailable, whatever the text says
 *   2xx to a dry run, no code    dry_run_not_honoured, whatever the body is
 *   429 not of the cloud's shape throttled: whoever answered can't take more
 *   not the cloud's shape        malformed_response
 *   a code with a row            the row's reason
 *   a code that speaks of a      permission_denied, as if it had a row
 *   missing permission
 *   a code without one           by HTTP status; 404 and 2xx are invalid_argument
 *   no code                      by HTTP status; 404, 3xx and the like are malformed_response
 * A dry run or probe is ok only by a row that says so: 2xx to a probe is malformed_response. Such a
 * row in answer to a real call is malformed_response too.
 */
struct ens_verdict ens_classify(const struct ens_provider *provider, enum ens_call_kind kind,
                                uint32_t http_status, const struct ens_answer *answer);

/* One id's code inside a reply to a real start that was accepted as a whole; empty: accepted. */
struct ens_verdict ens_classify_item(const struct ens_provider *provider, uint32_t http_status,
                                     ens_str code);

/* What a status word means; NULL: no table has it, so it is ENS_STATUS_UNKNOWN. The row's status
 * and reason are ones that we know. */
const struct ens_status_row *ens_classify_status(const struct ens_provider *provider, ens_str word);

/* Why a locked instance can't be started. A lock without a row is ENS_REASON_LOCKED. */
enum ens_reason ens_classify_lock(const struct ens_provider *provider, ens_str lock);

#endif
