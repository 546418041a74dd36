/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of call, and the outcome of a call for one target: the classified reply, after the
 * retries of the call itself.
 */
#ifndef ENSURE_CORE_OUTCOME_H
#define ENSURE_CORE_OUTCOME_H

#include "base/arena.h"
#include "core/hint.h"
#include "core/vocabulary.h"

/* Each kind of call has a queue of its own per cloud, region and account. */
enum ens_call_kind {
    ENS_CALL_READ = 0,  /* describe */
    ENS_CALL_PROBE = 1, /* describe as a dry run: checks the read permission after an empty list */
    ENS_CALL_DRY_RUN = 2,    /* start as a dry run */
    ENS_CALL_START = 3,      /* a real start */
    ENS_CALL_FIND = 4,       /* one page of a list */
    ENS_CALL_FIND_PROBE = 5, /* a list as a dry run: checks the permission after an empty one */
};
#define ENS_CALL_KIND_COUNT 6

/* As in the audit log: "describe", "probe", "dry_run", "start", "find", "find_probe". */
const char *ens_call_kind_name(enum ens_call_kind kind);

bool ens_call_is_dry(enum ens_call_kind kind);  /* a dry run, or a probe */
bool ens_call_is_list(enum ens_call_kind kind); /* a find or its probe: it names no ids */

struct ens_outcome {
    enum ens_call_kind kind;
    enum ens_reason reason; /* ENS_REASON_OK: read, passed or accepted */
    uint32_t flags;         /* ENS_CODE_* */
    enum ens_hint hint;     /* more specific advice; NONE: that of the reason */
    bool by_code;           /* a row of the provider's code table gave the reason */
    bool sent;              /* the cloud may have seen the request */
    uint32_t http_status;   /* 0: no reply came */
    ens_str code;           /* the cloud's */
    ens_str message;        /* the cloud's */
    ens_str request_id;     /* the cloud's */
    ens_str detail;         /* Ensure's own text where the cloud sent none: one clause */
    int64_t retry_after_ms; /* 0: not in the reply */
    const struct ens_observation *seen; /* of a successful read; NULL: the list lacks the target */
    const struct ens_find_result *page; /* of a successful find; else NULL */
};

/* What a target was waiting for when its deadline passed. */
struct ens_pending {
    enum ens_transport_phase phase; /* NONE: no request was in flight */
    ens_str host;                   /* of the cloud */
    ens_str proxy;                  /* host:port; empty: none is used */
    const struct ens_outcome *last; /* outcome of the previous attempt; NULL: there was none */
};

/* A copy in the arena, for an owner that takes it later; of a page, all but its answer. Not for the
 * outcome of a read (seen). */
struct ens_outcome ens_outcome_copy(struct ens_arena *arena, const struct ens_outcome *outcome);

/* Whether a start may have taken effect although it failed: it is not sent again before a read. */
bool ens_outcome_ambiguous(const struct ens_outcome *outcome);

/* Whether the cloud decided on the request, as opposed to a transient fault or no reply. */
bool ens_reason_is_answer(enum ens_reason reason);

#endif
