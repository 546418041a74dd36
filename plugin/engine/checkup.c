/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/checkup.h"

#include "base/alloc.h"
#include "base/container.h"
#include "base/timestamp.h"
#include "engine/inquiry.h"

struct checkup;

/* One cloud of a checkup. */
struct patient {
    struct checkup *checkup;
    const struct ens_provider *provider;
    ens_str region;
    struct ens_account *account; /* NULL: none */
    struct ens_route *route;     /* NULL: none */
    struct ens_inquiry inquiries[ENS_INQUIRY_KIND_COUNT];
    const struct ens_outcome *outcomes[ENS_INQUIRY_KIND_COUNT]; /* NULL: none yet */
    bool finished;
};

struct checkup {
    struct ens_job base;      /* the first member */
    struct ens_place *places; /* of the request */
    size_t place_count;
    struct patient *patients;
    struct ens_diagnosis *diagnoses;
    size_t count;
    size_t left;
    struct ens_checkup_events events;
};

static struct checkup *self(struct ens_job *job)
{
    return ENS_CONTAINER_OF(job, struct checkup, base);
}

/* ---- conclusions ---------------------------------------------------------------------------- */

static struct ens_diagnosis *diagnosis_of(const struct patient *patient)
{
    const struct checkup *checkup = patient->checkup;

    return &checkup->diagnoses[patient - checkup->patients];
}

static void tell_keys(const struct patient *patient, struct ens_diagnosis *ret)
{
    struct ens_arena *arena = patient->checkup->base.arena;
    const struct ens_keyring *keyring = &patient->account->keyring;
    const struct ens_keys *keys = keyring->keys;

    if (keys != NULL) {
        ret->source = ens_arena_dup(arena, ens_str_of(keys->source));
        ret->key_id_tail = ens_arena_dup(arena, ens_record_key_tail(keys));
    } else if (keyring->failure.reason != ENS_REASON_OK) {
        ret->source = ens_arena_dup(arena, ens_str_of(keyring->failure.source));
    }
    if (keys != NULL && keys->expires_unix_s != 0) {
        char text[ENS_TIMESTAMP_SIZE];
        ens_timestamp_format(keys->expires_unix_s, text);
        ret->expires_at = ens_arena_dup(arena, ens_str_of(text));
    }
    ens_str *notes = ens_arena_array(arena, keyring->looked_at_count, sizeof(*notes));
    for (size_t i = 0; i < keyring->looked_at_count; i++) {
        notes[i] = ens_arena_dup(arena, keyring->looked_at[i]);
    }
    ret->looked_at = notes;
    ret->looked_at_count = keyring->looked_at_count;
}

/* The difference of the clocks that a reply told; that of the cloud's API goes first. */
static int64_t skew_of(const struct patient *patient)
{
    for (size_t i = 0; i < ENS_INQUIRY_KIND_COUNT; i++) {
        if (patient->inquiries[i].told_time) {
            return patient->inquiries[i].clock_skew_ms;
        }
    }
    return 0;
}

/* Passes on what was noticed about the keys of the clouds. */
static void warn_of_keys(struct checkup *checkup)
{
    for (size_t i = 0; i < checkup->count; i++) {
        const struct ens_account *account = checkup->patients[i].account;
        if (account != NULL) {
            ens_job_notice(&checkup->base, &account->keyring.warnings);
        }
    }
}

static void end_if_done(struct checkup *checkup)
{
    if (checkup->left == 0) {
        warn_of_keys(checkup);
        ens_job_over(&checkup->base); /* callers may still loop over its patients */
    }
}

static void finish(struct patient *patient, bool cancelled, const struct ens_pending *pending)
{
    struct checkup *checkup = patient->checkup;
    struct ens_diagnosis *diagnosis = diagnosis_of(patient);

    patient->finished = true;
    if (patient->account != NULL) {
        tell_keys(patient, diagnosis);
        diagnosis->identity =
            ens_arena_dup(checkup->base.arena, patient->inquiries[ENS_INQUIRY_CALLER].identity);
    }
    const struct ens_evidence evidence = {
        .provider = patient->provider,
        .region = patient->region,
        .has_keys = patient->account != NULL && patient->account->keyring.keys != NULL,
        .cancelled = cancelled,
        .right = patient->outcomes[ENS_INQUIRY_RIGHT],
        .caller = patient->outcomes[ENS_INQUIRY_CALLER],
        .pending = pending,
        .clock_skew_ms = skew_of(patient),
    };
    ens_diagnosis_conclude(checkup->base.arena, &evidence, diagnosis);
    checkup->left--;
    end_if_done(checkup);
}

static void take_outcome(struct patient *patient, enum ens_inquiry_kind kind,
                         const struct ens_outcome *outcome)
{
    patient->outcomes[kind] = ens_outcome_keep(patient->checkup->base.arena, outcome);
    for (size_t i = 0; i < ENS_INQUIRY_KIND_COUNT; i++) {
        if (patient->outcomes[i] == NULL) {
            return;
        }
    }
    finish(patient, false, NULL);
}

static void on_right(struct ens_inquiry *inquiry, const struct ens_outcome *outcome)
{
    take_outcome(ENS_CONTAINER_OF(inquiry, struct patient, inquiries[ENS_INQUIRY_RIGHT]),
                 ENS_INQUIRY_RIGHT, outcome);
}

static void on_caller(struct ens_inquiry *inquiry, const struct ens_outcome *outcome)
{
    take_outcome(ENS_CONTAINER_OF(inquiry, struct patient, inquiries[ENS_INQUIRY_CALLER]),
                 ENS_INQUIRY_CALLER, outcome);
}

/* ---- the deadline and cancellation ---------------------------------------------------------- */

static void stop(struct patient *patient, bool cancelled)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    struct ens_pending pending = {0};

    for (size_t i = 0; i < ENS_INQUIRY_KIND_COUNT; i++) {
        struct ens_inquiry *inquiry = &patient->inquiries[i];
        if (patient->outcomes[i] == NULL && !inquiry->over) {
            if (i == ENS_INQUIRY_RIGHT) {
                ens_inquiry_pending(inquiry, arena, &pending);
            }
            ens_inquiry_stop(inquiry, cancelled ? ENS_REASON_CANCELLED : ENS_REASON_TIMED_OUT);
        }
    }
    finish(patient, cancelled, cancelled ? NULL : &pending);
}

static void stop_all(struct checkup *checkup, bool cancelled)
{
    for (size_t i = 0; i < checkup->count; i++) {
        if (!checkup->patients[i].finished) {
            stop(&checkup->patients[i], cancelled);
        }
    }
}

static void cancel(struct ens_job *base)
{
    stop_all(self(base), true);
}

static void expire(struct ens_job *base)
{
    stop_all(self(base), false);
}

/* ---- the beginning -------------------------------------------------------------------------- */

static ens_str region_of(const struct checkup *checkup, const struct ens_provider *provider,
                         ens_str named)
{
    const struct ens_cloud_settings *settings =
        ens_config_find(checkup->base.config, ens_str_of(provider->name));

    if (named.len > 0) {
        return named;
    }
    return settings != NULL && settings->region.len > 0 ? settings->region
                                                        : ens_str_of(provider->default_region);
}

static void admit(struct checkup *checkup, const struct ens_provider *provider, ens_str region)
{
    struct patient *patient = &checkup->patients[checkup->count];
    struct ens_diagnosis *diagnosis = &checkup->diagnoses[checkup->count++];

    *patient = (struct patient){
        .checkup = checkup, .provider = provider, .region = region_of(checkup, provider, region)};
    diagnosis->cloud = ens_str_of(provider->name);
    diagnosis->region = patient->region;
}

/* Places that come to the same cloud and region count once. */
static bool is_admitted(const struct checkup *checkup, const struct ens_provider *provider,
                        ens_str region)
{
    for (size_t i = 0; i < checkup->count; i++) {
        if (checkup->patients[i].provider == provider &&
            ens_str_eq(checkup->patients[i].region, region_of(checkup, provider, region))) {
            return true;
        }
    }
    return false;
}

static void admit_all(struct checkup *checkup)
{
    const struct ens_registry *registry = checkup->base.jobs->registry;
    const size_t most =
        checkup->place_count > 0 ? checkup->place_count : ens_registry_count(registry);

    checkup->patients = ens_arena_array(checkup->base.arena, most, sizeof(*checkup->patients));
    checkup->diagnoses = ens_arena_array(checkup->base.arena, most, sizeof(*checkup->diagnoses));
    for (size_t i = 0; i < checkup->place_count; i++) {
        const struct ens_place *place = &checkup->places[i];
        const struct ens_provider *provider = ens_registry_find(registry, place->cloud);
        ENS_ASSERT(provider != NULL); /* ens_registry_require passed */
        if (!is_admitted(checkup, provider, place->region)) {
            admit(checkup, provider, place->region);
        }
    }
    for (size_t i = 0; checkup->place_count == 0 && i < most; i++) {
        admit(checkup, ens_registry_at(registry, i), ENS_STR(""));
    }
    checkup->left = checkup->count;
}

static void fail_unsent(struct patient *patient, enum ens_hint hint, ens_str detail)
{
    const struct ens_outcome outcome = {.kind = ENS_CALL_READ,
                                        .reason = ENS_REASON_INVALID_ARGUMENT,
                                        .hint = hint,
                                        .flags = ENS_CODE_FINAL,
                                        .detail = detail};

    take_outcome(patient, ENS_INQUIRY_CALLER, &outcome);
    take_outcome(patient, ENS_INQUIRY_RIGHT, &outcome);
}

static void begin_inquiry(struct patient *patient, enum ens_inquiry_kind kind,
                          void (*done)(struct ens_inquiry *, const struct ens_outcome *))
{
    struct checkup *checkup = patient->checkup;

    patient->inquiries[kind] = (struct ens_inquiry){
        .kind = kind,
        .calls = checkup->base.jobs->calls,
        .route = patient->route,
        .run = &checkup->base.run,
        .deadline_ms = checkup->base.deadline_ms,
        .done = done,
    };
    ens_inquiry_begin(&patient->inquiries[kind]);
}

static void examine(struct patient *patient)
{
    const struct ens_jobs *jobs = patient->checkup->base.jobs;
    const struct ens_cloud_account *cloud =
        ens_cloud_account_get(jobs->accounts, patient->checkup->base.config, patient->provider);

    if (cloud->account == NULL) {
        fail_unsent(patient, cloud->hint, cloud->error);
        return;
    }
    if (patient->region.len == 0) {
        fail_unsent(patient, ENS_HINT_NO_REGION, ENS_STR("no region is named"));
        return;
    }
    patient->account = cloud->account;
    patient->route = ens_route_get(jobs->routes, cloud->account, patient->region);
    diagnosis_of(patient)->endpoint =
        ens_arena_dup(patient->checkup->base.arena, patient->route->base);
    begin_inquiry(patient, ENS_INQUIRY_RIGHT, on_right);
    begin_inquiry(patient, ENS_INQUIRY_CALLER, on_caller);
}

static void begin(struct ens_job *base)
{
    struct checkup *checkup = self(base);

    admit_all(checkup);
    if (checkup->count == 0) {
        end_if_done(checkup);
        return;
    }
    for (size_t i = 0; i < checkup->count; i++) {
        examine(&checkup->patients[i]);
    }
}

/* ---- the job -------------------------------------------------------------------------------- */

static void tally(struct ens_job *base, struct ens_job_tally *ret)
{
    const struct checkup *checkup = self(base);

    *ret = (struct ens_job_tally){.name = "doctor", .total = checkup->count};
    for (size_t i = 0; i < checkup->count; i++) {
        ret->failed += checkup->diagnoses[i].may_read == ENS_MAY_READ_NO ? 1 : 0;
    }
}

static void report(struct ens_job *base)
{
    const struct checkup *checkup = self(base);
    const struct ens_diagnoses diagnoses = {
        .warnings = base->warnings.items,
        .warning_count = base->warnings.count,
        .items = checkup->diagnoses,
        .count = checkup->count,
    };

    checkup->events.done(checkup->events.ud, &diagnoses);
}

static void dispose(struct ens_job *base)
{
    struct checkup *checkup = self(base);

    for (size_t i = 0; i < checkup->count; i++) {
        for (size_t j = 0; j < ENS_INQUIRY_KIND_COUNT; j++) {
            ens_inquiry_done(&checkup->patients[i].inquiries[j]);
        }
    }
    ens_free(checkup);
}

static const struct ens_job_kind checkups = {
    .begin = begin,
    .cancel = cancel,
    .expire = expire,
    .tally = tally,
    .report = report,
    .dispose = dispose,
};

struct ens_job *ens_checkup_new(struct ens_jobs *jobs, const struct ens_checkup_request *request)
{
    struct checkup *checkup = ens_alloc(sizeof(*checkup));

    ENS_ASSERT(request->count <= ENS_DIAGNOSES_MAX);
    ens_job_init(&checkup->base, jobs, &checkups, request->timeout_ms, ENS_PLAN_TIMEOUT_MS);
    struct ens_arena *arena = checkup->base.arena;
    checkup->places = ens_arena_array(arena, request->count, sizeof(*checkup->places));
    checkup->place_count = request->count;
    checkup->events = request->events;
    for (size_t i = 0; i < request->count; i++) {
        checkup->places[i] = (struct ens_place){ens_arena_dup(arena, request->places[i].cloud),
                                                ens_arena_dup(arena, request->places[i].region)};
    }
    return &checkup->base;
}
