/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known and decided about one target: the same fields, in the same words, through every
 * door (JSON, ensure.v1.InstancePlan, Terraform, Ansible).
 */
#ifndef ENSURE_CORE_RESULT_H
#define ENSURE_CORE_RESULT_H

#include "core/target.h"
#include "core/vocabulary.h"

#define ENS_CLIENT_TOKEN_MAX  64 /* by the strictest cloud */
#define ENS_CLIENT_TOKEN_FORM "a client token (at most 64 printable ASCII characters)"

/* Printable ASCII without blanks, not too long. Empty is no token, and valid. */
bool ens_client_token_valid(ens_str token);

struct ens_result {
    struct ens_target target;
    enum ens_status status;
    ens_str provider_status; /* the cloud's own word; empty without an answer */
    enum ens_action action;
    enum ens_confidence confidence;
    enum ens_reason reason;
    ens_str message;       /* what was found, one sentence */
    ens_str advice;        /* what to do, one sentence; empty where nothing is to be done */
    ens_str provider_code; /* the cloud's own error code; empty: none */
    uint32_t http_status;  /* of the reply that decided; 0: none came */
    ens_str request_id;    /* of the reply that decided */
    ens_str client_token; /* that the start will carry, or carried; empty: no start, or no tokens */

    /* Apply only. */
    bool started;             /* this run sent a start that was accepted, or that was seen to have
                                 taken effect after its answer was lost */
    ens_str start_request_id; /* of the reply that accepted it, whatever was read later */
    bool start_sent;          /* this run sent a start that was accepted, or was not answered */
    int64_t elapsed_ms;       /* since the request was taken */
};

/* A deep copy: every slice points into the arena. */
struct ens_result ens_result_copy(struct ens_arena *arena, const struct ens_result *result);

/* What came of a target in an apply; each has exactly one. */
enum ens_class {
    ENS_CLASS_RUNNING,    /* it runs */
    ENS_CLASS_UNFINISHED, /* the run ended before it was known what becomes of it */
    ENS_CLASS_REFUSED,    /* no start took effect: none was sent, or the cloud refused it */
    ENS_CLASS_FAILED,     /* the rest: fell back, broken after a start, stopped at the deadline */
};
enum ens_class ens_result_class(const struct ens_result *result);

/* Not well: in a plan action refuse, in an apply every class but running. */
bool ens_result_failed(const struct ens_result *result, bool apply);

/* Makes the result of a plan without dry run one of a read: what it says of a start goes, and what
 * the read says of an instance that can't be started stays. */
void ens_result_keep_read(struct ens_result *result);

/* Whether applying a saved plan may start the target of this result: it said start or wait. */
bool ens_result_allows_start(const struct ens_result *planned);

/* The counts of a document. A plan fills those of the actions, an apply those of the classes and
 * started, a status document those of the statuses; the rest stays 0. */
struct ens_summary {
    size_t total;
    /* plan */
    size_t none;
    size_t start;
    size_t wait;
    size_t refuse;
    /* apply: all but started add up to total */
    size_t running;
    size_t started;
    size_t refused;
    size_t failed;
    size_t unfinished;
    /* status */
    size_t by_status[ENS_STATUS_COUNT];
};

/* What is told once for a whole job, when it ends. */
struct ens_job_end {
    struct ens_summary summary;
    const ens_str *warnings; /* sentences that every door shows */
    size_t warning_count;
};

void ens_summary_add(struct ens_summary *summary, const struct ens_result *result, bool apply);

#endif
