/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/diagnostics_report.h"

#include "base/buf.h"
#include "terraform/change.h"
#include "terraform/tally.h"

#define DETAIL_MAX ((size_t)1024 * 1024) /* bytes; holds a thousand ids and a cloud's message */

/* What a diagnostic reports about an instance. */
enum finding {
    FINDING_NONE,
    FINDING_UNCHECKED,
    FINDING_REFUSED,
    FINDING_UNVERIFIED,
    FINDING_LATER, /* planned, but not stopped yet, so that no dry run can be asked */
    FINDING_NOT_RUNNING,
};

static const char *const finding_text[] = {
    [FINDING_NONE] = "",
    [FINDING_UNCHECKED] = "could not be checked",
    [FINDING_REFUSED] = "can't be started",
    [FINDING_UNVERIFIED] = "will be started unverified",
    [FINDING_LATER] = "will be started once stopped, unverified",
    [FINDING_NOT_RUNNING] = "not running",
};

#define PREFLIGHT_HINT                                                                             \
    "To plan in spite of it, set preflight = \"warn\" or \"off\" in the provider block."
#define PREFLIGHT_WARNS_HINT                                                                       \
    "This is a warning and no error because the provider block has preflight = \"warn\"."

#define GUARD_HINT   "preflight does not change this."
#define DESTROY_HINT "To destroy, which touches no instance: terraform destroy -refresh=false"

/* Hint that is appended per RPC; see hint_of. */
static const char *const phase_hint[] = {
    [ENS_TF_AT_READ] = "What the state holds is kept as it was.",
    [ENS_TF_AT_QUERY] = "",
    [ENS_TF_AT_PLAN] = (PREFLIGHT_HINT " " DESTROY_HINT ", or preflight = \"off\"."),
    [ENS_TF_AT_ACTION_PLAN] = PREFLIGHT_HINT,
    [ENS_TF_AT_CREATE] = "The state does not hold it; the next apply begins with a read.",
    [ENS_TF_AT_UPDATE] = "The state holds what was read last; the next apply goes on from there.",
    [ENS_TF_AT_INVOKE] = "Invoking the action again goes on from there.",
};

static enum finding planned_finding(const struct ens_result *result)
{
    if (result->action == ENS_ACTION_REFUSE) {
        return ens_tf_unread(result) || result->reason == ENS_REASON_CANCELLED ? FINDING_UNCHECKED
                                                                               : FINDING_REFUSED;
    }
    if (result->action != ENS_ACTION_START || result->confidence != ENS_CONFIDENCE_UNVERIFIED ||
        result->reason == ENS_REASON_OK) {
        return FINDING_NONE;
    }
    return result->reason == ENS_REASON_IN_PROGRESS ? FINDING_LATER : FINDING_UNVERIFIED;
}

static enum finding finding_of(enum ens_tf_phase phase, const struct ens_result *result)
{
    switch (phase) {
    case ENS_TF_AT_READ:
        return ens_tf_unread(result) ? FINDING_UNCHECKED : FINDING_NONE;
    case ENS_TF_AT_QUERY:
        return result->reason == ENS_REASON_CANCELLED ||
                       result->reason == ENS_REASON_DRY_RUN_NOT_HONOURED
                   ? planned_finding(result)
                   : FINDING_NONE;
    case ENS_TF_AT_PLAN:
    case ENS_TF_AT_ACTION_PLAN:
        return planned_finding(result);
    case ENS_TF_AT_CREATE:
    case ENS_TF_AT_UPDATE:
    case ENS_TF_AT_INVOKE:
        return ens_result_failed(result, true) ? FINDING_NOT_RUNNING : FINDING_NONE;
    }
    return FINDING_NONE;
}

/* The attribute that a diagnostic is attached to: the cloud (credentials) or the instances. */
static const char *path_of(const struct ens_tf_diags *diags, enum ens_reason reason)
{
    if (reason == ENS_REASON_UNAUTHENTICATED) {
        return "cloud";
    }
    return ens_tf_attribute_find(diags->attributes, ENS_STR("instance_id")) != NULL
               ? "instance_id"
               : "instance_ids";
}

/* Instances with the same finding and reason; they share a diagnostic. */
struct group {
    enum finding finding;
    enum ens_reason reason;
    const struct ens_tf_instance *first;
    size_t count;
};

static bool in_group(const struct group *group, enum ens_tf_phase phase,
                     const struct ens_tf_instance *instance)
{
    return instance->result.reason == group->reason &&
           finding_of(phase, &instance->result) == group->finding;
}

static void add_ids(struct ens_buf *out, const struct group *group, enum ens_tf_phase phase,
                    const struct ens_tf_report *report)
{
    const char *separator = "Instances: ";

    for (size_t i = 0; i < report->count; i++) {
        if (in_group(group, phase, &report->instances[i])) {
            ens_buf_addf(out, "%s%.*s", separator,
                         ENS_STR_ARG(report->instances[i].result.target.id));
            separator = ", ";
        }
    }
    ens_buf_addf(out, ".\n\n%.*s: ", ENS_STR_ARG(group->first->result.target.id));
}

/* Appends "The cloud's code: InsufficientBalance (HTTP 403); request id: 4F3A", as far as known. */
static void add_evidence(struct ens_buf *out, ens_str code, uint32_t http_status,
                         ens_str request_id)
{
    if (code.len > 0) {
        ens_buf_addf(out, "\n\nThe cloud's code: %.*s", ENS_STR_ARG(code));
        if (http_status != 0) {
            ens_buf_addf(out, " (HTTP %u)", http_status);
        }
    } else if (http_status != 0) {
        ens_buf_addf(out, "\n\nThe cloud answered with HTTP %u", http_status);
    }
    if (request_id.len > 0) {
        ens_buf_addf(out, "%sequest id: %.*s", code.len > 0 || http_status != 0 ? "; r" : "\n\nR",
                     ENS_STR_ARG(request_id));
    }
}

static void add_advice(struct ens_buf *out, ens_str advice)
{
    if (advice.len > 0) {
        ens_buf_addf(out, "\n\n%.*s", ENS_STR_ARG(advice));
    }
}

static bool plans(enum ens_tf_phase phase)
{
    return phase == ENS_TF_AT_PLAN || phase == ENS_TF_AT_ACTION_PLAN;
}

static bool warns(const struct group *group, enum ens_tf_phase phase,
                  enum ens_tf_preflight preflight)
{
    return group->finding == FINDING_UNVERIFIED || group->finding == FINDING_LATER ||
           (plans(phase) && preflight != ENS_TF_PREFLIGHT_ENFORCE &&
            group->reason != ENS_REASON_POLICY);
}

/* "" if there is none. */
static const char *hint_of(const struct group *group, enum ens_tf_phase phase,
                           enum ens_tf_preflight preflight)
{
    if (group->finding == FINDING_UNVERIFIED || group->finding == FINDING_LATER) {
        return "";
    }
    if (group->reason == ENS_REASON_POLICY && plans(phase)) {
        return phase == ENS_TF_AT_PLAN ? GUARD_HINT " " DESTROY_HINT "." : GUARD_HINT;
    }
    return warns(group, phase, preflight) ? PREFLIGHT_WARNS_HINT : phase_hint[phase];
}

/* Appends the results of all instances, because Terraform shows the diagnostics of an action under
 * a summary of its own. */
static void add_tallies(struct ens_buf *out, struct ens_arena *arena,
                        const struct ens_tf_report *report)
{
    struct ens_tf_tally tallies[ENS_TF_TALLIES_MAX];
    const size_t count = ens_tf_tally(report, tallies);

    for (size_t i = 0; i < count; i++) {
        ens_buf_addf(out, "%s%.*s", i == 0 ? "\n\nIn all: " : "; ",
                     ENS_STR_ARG(ens_tf_tally_text(arena, report, &tallies[i])));
    }
    ens_buf_add_char(out, '.');
}

static ens_str detail_of(struct ens_arena *arena, const struct group *group,
                         enum ens_tf_phase phase, enum ens_tf_preflight preflight,
                         const struct ens_tf_report *report)
{
    ENS_AUTO_BUF out = ens_buf_new(DETAIL_MAX);
    const struct ens_result *result = &group->first->result;

    if (report->count > 1) {
        add_ids(&out, group, phase, report);
    }
    ens_buf_add(&out, result->message);
    add_evidence(&out, result->provider_code, result->http_status, result->request_id);
    const ens_str start = group->first->start_request_id;
    if (result->started && start.len > 0) {
        ens_buf_addf(&out, "\n\nA start was sent and accepted (request id: %.*s).",
                     ENS_STR_ARG(start));
    } else if (result->started) {
        ens_buf_add(&out, ENS_STR("\n\nA start was sent and took effect; its answer was lost."));
    }
    add_advice(&out, result->advice);
    if (phase == ENS_TF_AT_INVOKE) {
        add_tallies(&out, arena, report);
    }
    const char *hint = hint_of(group, phase, preflight);
    if (hint[0] != '\0') {
        ens_buf_addf(&out, "\n\n%s", hint);
    }
    return ens_arena_dup(arena, ens_buf_str(&out));
}

static void add_group(struct ens_tf_diags *diags, const struct group *group,
                      enum ens_tf_phase phase, enum ens_tf_preflight preflight,
                      const struct ens_tf_report *report)
{
    struct ens_arena *arena = diags->arena;
    ens_str subject = ens_tf_subject(arena, report, group->count);

    ens_tf_diags_add(diags, warns(group, phase, preflight) ? ENS_WARNING : ENS_ERROR,
                     path_of(diags, group->reason),
                     ens_arena_printf(arena, "%.*s %s: %s", ENS_STR_ARG(subject),
                                      finding_text[group->finding], ens_reason_name(group->reason)),
                     detail_of(arena, group, phase, preflight, report));
}

/* Where preflight is off, a plan tells about guards alone. */
static bool is_told(const struct ens_result *result, enum ens_tf_phase phase,
                    enum ens_tf_preflight preflight)
{
    return !plans(phase) || preflight != ENS_TF_PREFLIGHT_OFF ||
           result->reason == ENS_REASON_POLICY;
}

void ens_tf_diags_report(struct ens_tf_diags *diags, enum ens_tf_phase phase,
                         enum ens_tf_preflight preflight, const struct ens_tf_report *report)
{
    struct group groups[ENS_REASON_COUNT * (FINDING_NOT_RUNNING + 1)] = {{0}};

    for (size_t i = 0; i < report->count; i++) {
        const struct ens_result *result = &report->instances[i].result;
        enum finding finding = finding_of(phase, result);
        struct group *group = &groups[(size_t)finding * ENS_REASON_COUNT + (size_t)result->reason];
        if (finding != FINDING_NONE && is_told(result, phase, preflight)) {
            group->finding = finding;
            group->reason = result->reason;
            group->first = group->first == NULL ? &report->instances[i] : group->first;
            group->count++;
        }
    }
    for (size_t i = 0; i < ENS_COUNT(groups); i++) {
        if (groups[i].count > 0) {
            add_group(diags, &groups[i], phase, preflight, report);
        }
    }
}

void ens_tf_diags_find_failure(struct ens_tf_diags *diags, const struct ens_find_failure *failure)
{
    ENS_AUTO_BUF out = ens_buf_new(DETAIL_MAX);

    ens_buf_add(&out, failure->message);
    add_evidence(&out, failure->provider_code, failure->http_status, failure->request_id);
    add_advice(&out, failure->advice);
    ens_tf_diags_add(diags, ENS_ERROR,
                     failure->reason == ENS_REASON_UNAUTHENTICATED ? "cloud" : "region",
                     ens_arena_printf(diags->arena, "%.*s/%.*s could not be listed: %s",
                                      ENS_STR_ARG(failure->cloud), ENS_STR_ARG(failure->region),
                                      ens_reason_name(failure->reason)),
                     ens_buf_str(&out));
}
