/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy: guards that restrict what may be started, whatever the front end. Guards come from
 * files and settings (the source of each is kept, and named by every refusal); all of them hold
 * together, so that a further one can tighten and none can loosen. Pure.
 *
 *   max_starts N        one run starts at most N instances; beyond, it starts none
 *   allow PATTERN...    only instances that match one of the patterns may be started
 *   deny PATTERN...     none of those that match one may be started; beats allow
 *   min_confidence W    unverified, simulated or validated: what a start must rest on at least
 *   audit_required true starts need an audit log
 *
 * A pattern has the three segments of a target; * matches any run of characters within one.
 */
#ifndef ENSURE_CORE_POLICY_H
#define ENSURE_CORE_POLICY_H

#include "core/target.h"
#include "core/vocabulary.h"

#define ENS_POLICY_FILE     "/etc/ensure/policy.json" /* the system's */
#define ENS_POLICY_VARIABLE "ENSURE_POLICY"           /* names the user's file */

#define ENS_STARTS_MAX      1000000000 /* highest value of max_starts */
#define ENS_PATTERNS_MAX    1000       /* in one list */
#define ENS_GUARDS_MAX      1000       /* in one policy that is read */

enum ens_rule {
    ENS_RULE_MAX_STARTS,
    ENS_RULE_ALLOW,
    ENS_RULE_DENY,
    ENS_RULE_MIN_CONFIDENCE,
    ENS_RULE_AUDIT_REQUIRED,
};
#define ENS_RULE_COUNT 5

const char *ens_rule_name(enum ens_rule rule); /* "max_starts" */
bool ens_rule_parse(ens_str name, enum ens_rule *ret);

struct ens_guard {
    enum ens_rule rule;
    ens_str source;        /* file or setting, as refusals name it */
    const ens_str *values; /* patterns; a number, a confidence or "true" */
    size_t value_count;
    int64_t max_starts;             /* set by ens_guard_check */
    enum ens_confidence confidence; /* likewise */
};

/* Whether the rule has a list of values. */
bool ens_rule_is_list(enum ens_rule rule);

/* "a whole number from 0 to 1000000000": its value, for diagnostics. */
const char *ens_rule_expects(enum ens_rule rule);

/* Checks the values and reads them. where is the place in the diagnostic. */
ens_rc ens_guard_check(struct ens_guard *guard, const char *where,
                       struct ens_diags *diags) ENS_MUST_USE;

/* Valid when zeroed: no guard. */
struct ens_policy {
    struct ens_guard *guards; /* each has passed ens_guard_check */
    size_t count;
};

/* Adds a copy of the guard, unless an equal one of the same source is there. */
void ens_policy_add(struct ens_arena *arena, struct ens_policy *policy,
                    const struct ens_guard *guard);
void ens_policy_add_all(struct ens_arena *arena, struct ens_policy *policy,
                        const struct ens_policy *from);

/* A plan that is applied keeps all guards that it was judged by, beside those that hold then. The
 * first names the plan in their sources, since a file may say something else by then; the second
 * adds those that do not hold already, whatever their source. */
void ens_policy_name_plan(struct ens_arena *arena, struct ens_policy *policy, const char *plan);
void ens_policy_add_others(struct ens_arena *arena, struct ens_policy *policy,
                           const struct ens_policy *from);

/* Adds a checked guard with values that are borrowed; for readers of settings. */
ens_rc ens_policy_read_guard(struct ens_arena *arena, struct ens_policy *policy,
                             const struct ens_guard *guard, const char *where,
                             struct ens_diags *diags) ENS_MUST_USE;

/* "SOURCE: RULE VALUE VALUE", as people read a guard. */
ens_str ens_guard_text(struct ens_arena *arena, const struct ens_guard *guard);

/* What is known of the audit log when a start is judged. */
enum ens_audit_state {
    ENS_AUDIT_OFF,     /* there is none */
    ENS_AUDIT_FAILING, /* its last line could not be written */
    ENS_AUDIT_WORKING,
};

/*
 * Judge a start. Each returns a clause for the message of a refusal, "SOURCE: RULE VALUE, why",
 * allocated in the arena; empty: the start is allowed.
 */
ens_str ens_policy_refuse_target(const struct ens_policy *policy, struct ens_arena *arena,
                                 const struct ens_target *target, enum ens_audit_state audit);
ens_str ens_policy_refuse_confidence(const struct ens_policy *policy, struct ens_arena *arena,
                                     enum ens_confidence confidence);

/* Whether starts have to be validated or simulated. */
bool ens_policy_needs_confidence(const struct ens_policy *policy);

/* The guard with the smallest max_starts; NULL: none. */
const struct ens_guard *ens_policy_limit(const struct ens_policy *policy);

/* The clause for a run of so many starts, which are more than the guard allows. run is a noun, such
 * as "plan". */
ens_str ens_guard_refuse_starts(const struct ens_guard *limit, struct ens_arena *arena,
                                const char *run, size_t starts);
/* Whether the starts of a run of so many targets have to be counted before the first is sent, and
 * those targets are more than can be: ENS_RESULTS_MAX. limit may be NULL. */
bool ens_guard_is_exceeded_by(const struct ens_guard *limit, size_t targets);
/* The sentence that says so. */
ens_str ens_guard_refuse_targets(const struct ens_guard *limit, struct ens_arena *arena,
                                 size_t targets);
/* The clause for a start beyond those that a process has planned or sent. */
ens_str ens_guard_refuse_further(const struct ens_guard *limit, struct ens_arena *arena,
                                 size_t starts);

#endif
