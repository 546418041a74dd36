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
    bool started;       /* this run sent a start that was accepted */
    int64_t elapsed_ms; /* since the request was taken */
};

/* A deep copy: every slice points into the arena. */
struct ens_result ens_result_copy(struct ens_arena *arena, const struct ens_result *result);

/* Nothing left to do well: refused, failed, still waiting at the end of an apply, or not read. In a
 * plan that is action refuse; in an apply also a start or wait whose final status is not running.
 */
bool ens_result_failed(const struct ens_result *result, bool apply);

/* Whether applying a saved plan may start the target of this result: it said start or wait. */
bool ens_result_allows_start(const struct ens_result *planned);

struct ens_summary {
    size_t total;
    size_t none;
    size_t start;
    size_t wait;
    size_t refuse;
};

void ens_summary_add(struct ens_summary *summary, const struct ens_result *result);

#endif
