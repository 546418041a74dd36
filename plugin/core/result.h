/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result of a plan or apply for one target: the same fields and words in every front end (JSON,
 * ensure.v1.InstancePlan, Terraform, Ansible).
 */
#ifndef ENSURE_CORE_RESULT_H
#define ENSURE_CORE_RESULT_H

#include "core/policy.h"
#include "core/target.h"
#include "core/vocabulary.h"

#define ENS_CLIENT_TOKEN_MAX  64 /* the lowest limit of all clouds */
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
    ens_str advice;        /* what the user can do, one sentence; empty: nothing */
    ens_str provider_code; /* the cloud's own error code; empty: none */
    uint32_t http_status;  /* of the deciding reply; 0: none came */
    ens_str request_id;    /* of the deciding reply */
    ens_str client_token;  /* of the start, planned or sent; empty: no start, or the cloud has no
                              tokens */

    /* Apply only. */
    bool started;             /* this run sent a start that was accepted, or that was seen to have
                                 taken effect after its answer was lost */
    ens_str start_request_id; /* of the reply that accepted it, whatever was read later */
    bool start_sent;          /* a start was sent that was accepted or not answered */
    int64_t elapsed_ms;       /* since the job was submitted */
};

/* A deep copy: every slice points into the arena. */
struct ens_result ens_result_copy(struct ens_arena *arena, const struct ens_result *result);

/* The same in one allocation, which is freed with ens_free. */
struct ens_result *ens_result_dup(const struct ens_result *result);

/* The outcome of an apply for one target; each has exactly one class. */
enum ens_class {
    ENS_CLASS_RUNNING,    /* the instance runs */
    ENS_CLASS_UNFINISHED, /* the job ended before the state was final */
    ENS_CLASS_REFUSED,    /* no start took effect: none was sent, or the cloud refused it */
    ENS_CLASS_FAILED,     /* all others: fell back, failed after a start, not started in time */
};
enum ens_class ens_result_class(const struct ens_result *result);

/* Whether the result counts as failed: in a plan action refuse, in an apply any class but
 * running. */
bool ens_result_failed(const struct ens_result *result, bool apply);

/* Turns the result of a plan without dry run, or of a wait, into that of a read: drops what is said
 * about a start or a guard, keeps the reason why an instance can't be started or why its wait
 * ended. */
void ens_result_keep_read(struct ens_result *result);

/* Whether a wait ended before the instance, which was read, ran. */
bool ens_result_wait_ended(const struct ens_result *read);

/* Whether applying a saved plan may start this target: its planned action is start or wait. */
bool ens_result_allows_start(const struct ens_result *planned);

/* The counts of a document: by action in a plan, by class and started in an apply, by status in a
 * status document; the others are 0. */
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

/* Reported once for a whole job, when it ends. */
struct ens_job_end {
    struct ens_summary summary;
    const ens_str *warnings; /* sentences that every front end shows */
    size_t warning_count;
    struct ens_policy policy; /* the guards that were in force */
};

void ens_summary_add(struct ens_summary *summary, const struct ens_result *result, bool apply);

#endif
