/* SPDX-License-Identifier: Apache-2.0 */
#include "core/policy.h"

#include "core/quote.h"

#define DIGITS "0123456789"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* ---- rules ---------------------------------------------------------------------------------- */

static const char *const names[ENS_RULE_COUNT] = {
    [ENS_RULE_MAX_STARTS] = "max_starts",
    [ENS_RULE_ALLOW] = "allow",
    [ENS_RULE_DENY] = "deny",
    [ENS_RULE_MIN_CONFIDENCE] = "min_confidence",
    [ENS_RULE_AUDIT_REQUIRED] = "audit_required",
};

const char *ens_rule_name(enum ens_rule rule)
{
    ENS_ASSERT((unsigned)rule < ENS_RULE_COUNT);
    return names[rule];
}

bool ens_rule_parse(ens_str name, enum ens_rule *ret)
{
    for (size_t i = 0; i < ENS_COUNT(names); i++) {
        if (ens_str_is(name, names[i])) {
            *ret = (enum ens_rule)i;
            return true;
        }
    }
    return false;
}

bool ens_rule_is_list(enum ens_rule rule)
{
    return rule == ENS_RULE_ALLOW || rule == ENS_RULE_DENY;
}

/* How much a start rests on; 0: it is no start. */
static int rank(enum ens_confidence confidence)
{
    static const int ranks[] = {
        [ENS_CONFIDENCE_OBSERVED] = 0,
        [ENS_CONFIDENCE_UNVERIFIED] = 1,
        [ENS_CONFIDENCE_SIMULATED] = 2,
        [ENS_CONFIDENCE_VALIDATED] = 3,
    };

    return ranks[confidence];
}

/* ---- patterns ------------------------------------------------------------------------------- */

static bool is_segment(ens_str text, size_t max, const char *set)
{
    return text.len >= 1 && text.len <= max && ens_str_all_in(text, set);
}

/* Whether some id begins like the pattern: with "i-". */
static bool begins_like_an_id(ens_str text)
{
    return ens_str_starts(text, ENS_STR("*")) || ens_str_starts(text, ENS_STR("i*")) ||
           ens_str_starts(text, ENS_STR("i-"));
}

static bool is_pattern(ens_str text)
{
    ens_str rest = {0};
    ens_str id = {0};
    const ens_str cloud = ens_str_cut(text, '/', &rest);
    const ens_str region = ens_str_cut(rest, '/', &id);

    return is_segment(cloud, ENS_CLOUD_MAX, LOWER DIGITS "_*") &&
           is_segment(region, ENS_REGION_MAX, LOWER DIGITS "-*") &&
           is_segment(id, ENS_ID_MAX, LOWER UPPER DIGITS "_-*") && begins_like_an_id(id);
}

/* '*' matches any run of characters; all others match themselves. */
static bool segment_matches(ens_str text, ens_str pattern)
{
    size_t at = 0;
    size_t in_pattern = 0;
    size_t star = pattern.len; /* the last '*'; pattern.len: none yet */
    size_t after_star = 0;     /* where the text after it is tried */

    while (at < text.len) {
        if (in_pattern < pattern.len && pattern.ptr[in_pattern] == '*') {
            star = in_pattern++;
            after_star = at;
        } else if (in_pattern < pattern.len && pattern.ptr[in_pattern] == text.ptr[at]) {
            in_pattern++;
            at++;
        } else if (star < pattern.len) {
            in_pattern = star + 1;
            at = ++after_star;
        } else {
            return false;
        }
    }
    return ens_str_all_in((ens_str){pattern.ptr + in_pattern, pattern.len - in_pattern}, "*");
}

static bool matches(const struct ens_target *target, ens_str pattern)
{
    ens_str rest = {0};
    ens_str id = {0};
    const ens_str cloud = ens_str_cut(pattern, '/', &rest);
    const ens_str region = ens_str_cut(rest, '/', &id);

    return segment_matches(target->cloud, cloud) && segment_matches(target->region, region) &&
           segment_matches(target->id, id);
}

/* The first pattern of the guard that matches; NULL: none. */
static const ens_str *match(const struct ens_guard *guard, const struct ens_target *target)
{
    for (size_t i = 0; i < guard->value_count; i++) {
        if (matches(target, guard->values[i])) {
            return &guard->values[i];
        }
    }
    return NULL;
}

/* ---- checks --------------------------------------------------------------------------------- */

static ens_rc check_patterns(const struct ens_guard *guard, const char *where,
                             struct ens_diags *diags)
{
    if (guard->value_count > ENS_PATTERNS_MAX) {
        return ens_fail(diags, ENS_LIMIT, where, "%s has %zu patterns: expected at most %d",
                        names[guard->rule], guard->value_count, ENS_PATTERNS_MAX);
    }
    for (size_t i = 0; i < guard->value_count; i++) {
        if (!is_pattern(guard->values[i])) {
            return ens_fail(diags, ENS_MALFORMED, where,
                            "%s: \"%s\" is not a pattern: expected the three segments of a target, "
                            "such as alibaba/cn-hangzhou/* or */*/i-bp67*",
                            names[guard->rule], ens_quoted(guard->values[i]).text);
        }
    }
    return ENS_OK;
}

static bool read_value(struct ens_guard *guard)
{
    const ens_str value = guard->value_count == 1 ? guard->values[0] : ENS_STR("");

    switch (guard->rule) {
    case ENS_RULE_MAX_STARTS:
        return ens_str_to_i64(value, &guard->max_starts) && guard->max_starts <= ENS_STARTS_MAX;
    case ENS_RULE_MIN_CONFIDENCE:
        return ens_confidence_parse(value, &guard->confidence) && rank(guard->confidence) > 0;
    case ENS_RULE_AUDIT_REQUIRED:
        return ens_str_is(value, "true");
    case ENS_RULE_ALLOW:
    case ENS_RULE_DENY:
        break;
    }
    return false;
}

const char *ens_rule_expects(enum ens_rule rule)
{
    static const char *const expected[ENS_RULE_COUNT] = {
        [ENS_RULE_MAX_STARTS] = "a whole number from 0 to 1000000000",
        [ENS_RULE_ALLOW] = "a list of patterns",
        [ENS_RULE_DENY] = "a list of patterns",
        [ENS_RULE_MIN_CONFIDENCE] = "unverified, simulated or validated",
        [ENS_RULE_AUDIT_REQUIRED] = "true or false",
    };

    return expected[rule];
}

/* A setting may be false; a guard in a list of guards is there to hold. */
static bool is_no_audit(const struct ens_guard *guard)
{
    return guard->rule == ENS_RULE_AUDIT_REQUIRED && guard->value_count == 1 &&
           ens_str_is(guard->values[0], "false");
}

ens_rc ens_guard_check(struct ens_guard *guard, const char *where, struct ens_diags *diags)
{
    if (ens_rule_is_list(guard->rule)) {
        return check_patterns(guard, where, diags);
    }
    if (read_value(guard)) {
        return ENS_OK;
    }
    if (is_no_audit(guard)) {
        return ens_fail(diags, ENS_MALFORMED, where,
                        "%s: \"false\" guards nothing: expected true, or no guard of this rule",
                        names[guard->rule]);
    }
    return ens_fail(diags, ENS_MALFORMED, where, "%s: expected %s", names[guard->rule],
                    ens_rule_expects(guard->rule));
}

/* ---- the policy ----------------------------------------------------------------------------- */

/* Whether they refuse the same. */
static bool is_alike(const struct ens_guard *a, const struct ens_guard *b)
{
    bool alike = a->rule == b->rule && a->value_count == b->value_count;

    for (size_t i = 0; alike && i < a->value_count; i++) {
        alike = ens_str_eq(a->values[i], b->values[i]);
    }
    return alike;
}

static bool holds(const struct ens_policy *policy, const struct ens_guard *guard, bool any_source)
{
    for (size_t i = 0; i < policy->count; i++) {
        const struct ens_guard *other = &policy->guards[i];
        if (is_alike(other, guard) && (any_source || ens_str_eq(other->source, guard->source))) {
            return true;
        }
    }
    return false;
}

void ens_policy_add(struct ens_arena *arena, struct ens_policy *policy,
                    const struct ens_guard *guard)
{
    if (holds(policy, guard, false)) {
        return;
    }
    ens_str *values = ens_arena_array(arena, guard->value_count, sizeof(*values));
    for (size_t i = 0; i < guard->value_count; i++) {
        values[i] = ens_arena_dup(arena, guard->values[i]);
    }
    policy->guards = ens_arena_grow(arena, policy->guards, policy->count, sizeof(*policy->guards));
    struct ens_guard *copy = &policy->guards[policy->count++];
    *copy = *guard;
    copy->source = ens_arena_dup(arena, guard->source);
    copy->values = values;
}

void ens_policy_add_all(struct ens_arena *arena, struct ens_policy *policy,
                        const struct ens_policy *from)
{
    for (size_t i = 0; i < from->count; i++) {
        ens_policy_add(arena, policy, &from->guards[i]);
    }
}

void ens_policy_add_others(struct ens_arena *arena, struct ens_policy *policy,
                           const struct ens_policy *from)
{
    for (size_t i = 0; i < from->count; i++) {
        if (!holds(policy, &from->guards[i], true)) {
            ens_policy_add(arena, policy, &from->guards[i]);
        }
    }
}

void ens_policy_name_plan(struct ens_arena *arena, struct ens_policy *policy, const char *plan)
{
    for (size_t i = 0; i < policy->count; i++) {
        struct ens_guard *guard = &policy->guards[i];
        guard->source = ens_arena_printf(arena, "%.*s in %s", ENS_STR_ARG(guard->source), plan);
    }
}

ens_rc ens_policy_read_guard(struct ens_arena *arena, struct ens_policy *policy,
                             const struct ens_guard *guard, const char *where,
                             struct ens_diags *diags)
{
    struct ens_guard checked = *guard;

    if (policy->count >= ENS_GUARDS_MAX) {
        return ens_fail(diags, ENS_LIMIT, where, "more than %d guards", ENS_GUARDS_MAX);
    }
    ens_rc rc = ens_guard_check(&checked, where, diags);
    if (rc == ENS_OK) {
        ens_policy_add(arena, policy, &checked);
    }
    return rc;
}

/* ---- judging -------------------------------------------------------------------------------- */

/* "SOURCE: RULE VALUE". Of a list the value is the pattern, or its only one. */
static ens_str name_of(const struct ens_guard *guard, struct ens_arena *arena, ens_str value)
{
    return ens_arena_printf(arena, "%.*s: %s%s%.*s", ENS_STR_ARG(guard->source), names[guard->rule],
                            value.len > 0 ? " " : "", ENS_STR_ARG(value));
}

ens_str ens_guard_text(struct ens_arena *arena, const struct ens_guard *guard)
{
    ens_str text = name_of(guard, arena, ENS_STR(""));

    for (size_t i = 0; i < guard->value_count; i++) {
        text =
            ens_arena_printf(arena, "%.*s %.*s", ENS_STR_ARG(text), ENS_STR_ARG(guard->values[i]));
    }
    return text;
}

static ens_str refuse(const struct ens_guard *guard, struct ens_arena *arena, ens_str value,
                      const char *why)
{
    return ens_arena_printf(arena, "%.*s, %s", ENS_STR_ARG(name_of(guard, arena, value)), why);
}

static ens_str refuse_unlisted(const struct ens_guard *guard, struct ens_arena *arena)
{
    if (guard->value_count == 1) {
        return refuse(guard, arena, guard->values[0], "which this instance does not match");
    }
    return ens_arena_printf(arena, "%.*s, and this instance matches none of its %zu patterns",
                            ENS_STR_ARG(name_of(guard, arena, ENS_STR(""))), guard->value_count);
}

/* The clause of one guard about an instance; empty: it does not refuse. */
static ens_str refuse_by(const struct ens_guard *guard, struct ens_arena *arena,
                         const struct ens_target *target, enum ens_audit_state audit)
{
    const ens_str *found = ens_rule_is_list(guard->rule) ? match(guard, target) : NULL;

    if (guard->rule == ENS_RULE_DENY && found != NULL) {
        return refuse(guard, arena, *found, "which this instance matches");
    }
    if (guard->rule == ENS_RULE_ALLOW && found == NULL) {
        return refuse_unlisted(guard, arena);
    }
    if (guard->rule == ENS_RULE_AUDIT_REQUIRED && audit != ENS_AUDIT_WORKING) {
        return refuse(guard, arena, ENS_STR("true"),
                      audit == ENS_AUDIT_OFF ? "and ENSURE_AUDIT_LOG is not set"
                                             : "and the audit log can't be written");
    }
    return ENS_STR("");
}

ens_str ens_policy_refuse_target(const struct ens_policy *policy, struct ens_arena *arena,
                                 const struct ens_target *target, enum ens_audit_state audit)
{
    static const enum ens_rule order[] = {ENS_RULE_DENY, ENS_RULE_ALLOW, ENS_RULE_AUDIT_REQUIRED};

    for (size_t i = 0; i < ENS_COUNT(order); i++) {
        for (size_t j = 0; j < policy->count; j++) {
            const struct ens_guard *guard = &policy->guards[j];
            const ens_str clause =
                guard->rule == order[i] ? refuse_by(guard, arena, target, audit) : ENS_STR("");
            if (clause.len > 0) {
                return clause;
            }
        }
    }
    return ENS_STR("");
}

/* The guard with the highest min_confidence; NULL: none. */
static const struct ens_guard *highest_confidence(const struct ens_policy *policy)
{
    const struct ens_guard *highest = NULL;

    for (size_t i = 0; i < policy->count; i++) {
        const struct ens_guard *guard = &policy->guards[i];
        if (guard->rule == ENS_RULE_MIN_CONFIDENCE &&
            (highest == NULL || rank(guard->confidence) > rank(highest->confidence))) {
            highest = guard;
        }
    }
    return highest;
}

ens_str ens_policy_refuse_confidence(const struct ens_policy *policy, struct ens_arena *arena,
                                     enum ens_confidence confidence)
{
    const struct ens_guard *guard = highest_confidence(policy);

    if (guard == NULL || rank(confidence) >= rank(guard->confidence)) {
        return ENS_STR("");
    }
    return ens_arena_printf(arena, "%.*s, this start would be %s",
                            ENS_STR_ARG(name_of(guard, arena, guard->values[0])),
                            ens_confidence_name(confidence));
}

bool ens_policy_needs_confidence(const struct ens_policy *policy)
{
    const struct ens_guard *guard = highest_confidence(policy);

    return guard != NULL && rank(guard->confidence) > rank(ENS_CONFIDENCE_UNVERIFIED);
}

const struct ens_guard *ens_policy_limit(const struct ens_policy *policy)
{
    const struct ens_guard *smallest = NULL;

    for (size_t i = 0; i < policy->count; i++) {
        const struct ens_guard *guard = &policy->guards[i];
        if (guard->rule == ENS_RULE_MAX_STARTS &&
            (smallest == NULL || guard->max_starts < smallest->max_starts)) {
            smallest = guard;
        }
    }
    return smallest;
}

ens_str ens_guard_refuse_starts(const struct ens_guard *limit, struct ens_arena *arena,
                                const char *run, size_t starts)
{
    return ens_arena_printf(arena, "%.*s, this %s would start %zu",
                            ENS_STR_ARG(name_of(limit, arena, limit->values[0])), run, starts);
}

bool ens_guard_is_exceeded_by(const struct ens_guard *limit, size_t targets)
{
    return limit != NULL && targets > ENS_RESULTS_MAX && (size_t)limit->max_starts < targets;
}

ens_str ens_guard_refuse_targets(const struct ens_guard *limit, struct ens_arena *arena,
                                 size_t targets)
{
    return ens_arena_printf(arena,
                            "%zu targets: %.*s takes at most %d, because the starts of a run are "
                            "counted before the first is sent",
                            targets, ENS_STR_ARG(name_of(limit, arena, limit->values[0])),
                            ENS_RESULTS_MAX);
}

ens_str ens_guard_refuse_further(const struct ens_guard *limit, struct ens_arena *arena,
                                 size_t starts)
{
    return ens_arena_printf(arena, "%.*s, this process has planned or sent %zu",
                            ENS_STR_ARG(name_of(limit, arena, limit->values[0])), starts);
}
