/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/checkup.h"

#include "base/alloc.h"
#include "base/container.h"
#include "base/timestamp.h"
#include "core/uuid.h"
#include "engine/warnings.h"

/* One cloud of a checkup. */
struct patient {
    struct ens_checkup *checkup;
    const struct ens_provider *provider;
    ens_str region;
    struct ens_account *account; /* NULL: none */
    struct ens_route *route;     /* NULL: none */
    struct ens_inquiry inquiries[ENS_INQUIRY_KIND_COUNT];
    const struct ens_outcome *outcomes[ENS_INQUIRY_KIND_COUNT]; /* NULL: none yet */
    bool finished;
};

struct ens_checkup {
    struct ens_checkups *checkups;
    struct ens_checkup *next;
    ens_job_id id;
    struct ens_arena *arena;
    struct ens_place *places; /* of the request */
    size_t place_count;
    struct patient *patients;
    struct ens_diagnosis *diagnoses;
    size_t count;
    size_t left;
    int64_t deadline_ms;
    struct ens_checkup_events events;
    struct ens_config *config;
    ens_str run_id;
    struct ens_warnings warnings;
    unsigned failures_before; /* of the audit log */
    struct ens_timer deadline;
};

/* ---- taking a checkup ----------------------------------------------------------------------- */

struct ens_checkup *ens_checkup_new(struct ens_checkups *checkups,
                                    const struct ens_checkup_request *request)
{
    struct ens_checkup *checkup = ens_alloc(sizeof(*checkup));
    struct ens_arena *arena = ens_arena_new();
    const int64_t timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : ENS_PLAN_TIMEOUT_MS;

    ENS_ASSERT(request->count <= ENS_DIAGNOSES_MAX);
    *checkup = (struct ens_checkup){
        .checkups = checkups,
        .arena = arena,
        .places = ens_arena_array(arena, request->count, sizeof(*checkup->places)),
        .place_count = request->count,
        .deadline_ms = ens_timers_now(checkups->calls->timers) + timeout_ms,
        .events = request->events,
        .config = ens_config_ref(checkups->configs),
        .warnings = {.reported = checkups->reported, .arena = arena},
    };
    for (size_t i = 0; i < request->count; i++) {
        checkup->places[i] = (struct ens_place){ens_arena_dup(arena, request->places[i].cloud),
                                                ens_arena_dup(arena, request->places[i].region)};
    }
    return checkup;
}

void ens_checkup_set_id(struct ens_checkup *checkup, ens_job_id id)
{
    checkup->id = id;
}

/* ---- conclusions ---------------------------------------------------------------------------- */

static struct ens_diagnosis *diagnosis_of(const struct patient *patient)
{
    const struct ens_checkup *checkup = patient->checkup;

    return &checkup->diagnoses[patient - checkup->patients];
}

static void tell_keys(const struct patient *patient, struct ens_diagnosis *ret)
{
    struct ens_arena *arena = patient->checkup->arena;
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

static void end_if_done(struct ens_checkup *checkup)
{
    struct ens_checkups *checkups = checkup->checkups;
    struct ens_checkup **at = &checkups->running;

    if (checkup->left > 0) {
        return;
    }
    ens_timer_clear(checkups->calls->timers, &checkup->deadline);
    while (*at != checkup) {
        at = &(*at)->next;
    }
    *at = checkup->next;
    checkup->next = checkups->ended; /* freed at the end of the turn */
    checkups->ended = checkup;
}

static void finish(struct patient *patient, bool cancelled, const struct ens_pending *pending)
{
    struct ens_checkup *checkup = patient->checkup;
    struct ens_diagnosis *diagnosis = diagnosis_of(patient);

    patient->finished = true;
    if (patient->account != NULL) {
        tell_keys(patient, diagnosis);
        diagnosis->identity =
            ens_arena_dup(checkup->arena, patient->inquiries[ENS_INQUIRY_CALLER].identity);
    }
    const struct ens_findings findings = {
        .provider = patient->provider,
        .region = patient->region,
        .has_keys = patient->account != NULL && patient->account->keyring.keys != NULL,
        .cancelled = cancelled,
        .right = patient->outcomes[ENS_INQUIRY_RIGHT],
        .caller = patient->outcomes[ENS_INQUIRY_CALLER],
        .pending = pending,
        .clock_skew_ms = skew_of(patient),
    };
    ens_diagnosis_conclude(checkup->arena, &findings, diagnosis);
    checkup->left--;
    end_if_done(checkup);
}

static void take_outcome(struct patient *patient, enum ens_inquiry_kind kind,
                         const struct ens_outcome *outcome)
{
    patient->outcomes[kind] = ens_outcome_keep(patient->checkup->arena, outcome);
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

static void stop_all(struct ens_checkup *checkup, bool cancelled)
{
    for (size_t i = 0; i < checkup->count; i++) {
        if (!checkup->patients[i].finished) {
            stop(&checkup->patients[i], cancelled);
        }
    }
}

static void on_deadline(struct ens_timer *timer)
{
    stop_all(ENS_CONTAINER_OF(timer, struct ens_checkup, deadline), false);
}

void ens_checkup_cancel(struct ens_checkup *checkup)
{
    stop_all(checkup, true);
}

void ens_checkups_cancel(struct ens_checkups *checkups, ens_job_id id)
{
    struct ens_checkup *next = NULL;

    for (struct ens_checkup *checkup = checkups->running; checkup != NULL; checkup = next) {
        next = checkup->next; /* one that ends moves to another list */
        if (id == 0 || checkup->id == id) {
            ens_checkup_cancel(checkup);
        }
    }
}

/* ---- the beginning -------------------------------------------------------------------------- */

static ens_str region_of(const struct ens_checkup *checkup, const struct ens_provider *provider,
                         ens_str named)
{
    const struct ens_cloud_settings *settings =
        ens_config_find(checkup->config, ens_str_of(provider->name));

    if (named.len > 0) {
        return named;
    }
    return settings != NULL && settings->region.len > 0 ? settings->region
                                                        : ens_str_of(provider->default_region);
}

static void admit(struct ens_checkup *checkup, const struct ens_provider *provider, ens_str region)
{
    struct patient *patient = &checkup->patients[checkup->count];
    struct ens_diagnosis *diagnosis = &checkup->diagnoses[checkup->count++];

    *patient = (struct patient){
        .checkup = checkup, .provider = provider, .region = region_of(checkup, provider, region)};
    diagnosis->cloud = ens_str_of(provider->name);
    diagnosis->region = patient->region;
}

/* Places that come to the same cloud and region count once. */
static bool is_admitted(const struct ens_checkup *checkup, const struct ens_provider *provider,
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

static void admit_all(struct ens_checkup *checkup)
{
    const struct ens_registry *registry = checkup->checkups->registry;
    const size_t most =
        checkup->place_count > 0 ? checkup->place_count : ens_registry_count(registry);

    checkup->patients = ens_arena_array(checkup->arena, most, sizeof(*checkup->patients));
    checkup->diagnoses = ens_arena_array(checkup->arena, most, sizeof(*checkup->diagnoses));
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
    struct ens_checkup *checkup = patient->checkup;

    patient->inquiries[kind] = (struct ens_inquiry){
        .kind = kind,
        .calls = checkup->checkups->calls,
        .route = patient->route,
        .run_id = checkup->run_id,
        .deadline_ms = checkup->deadline_ms,
        .done = done,
    };
    ens_inquiry_begin(&patient->inquiries[kind]);
}

static void examine(struct patient *patient)
{
    struct ens_checkups *checkups = patient->checkup->checkups;
    const struct ens_cloud_account *cloud =
        ens_cloud_account_get(checkups->accounts, patient->checkup->config, patient->provider);

    if (cloud->account == NULL) {
        fail_unsent(patient, cloud->hint, cloud->error);
        return;
    }
    if (patient->region.len == 0) {
        fail_unsent(patient, ENS_HINT_NONE, ENS_STR("no region is named"));
        return;
    }
    patient->account = cloud->account;
    patient->route = ens_route_get(checkups->routes, cloud->account, patient->region);
    diagnosis_of(patient)->endpoint = ens_arena_dup(patient->checkup->arena, patient->route->base);
    begin_inquiry(patient, ENS_INQUIRY_RIGHT, on_right);
    begin_inquiry(patient, ENS_INQUIRY_CALLER, on_caller);
}

void ens_checkup_begin(struct ens_checkup *checkup)
{
    struct ens_checkups *checkups = checkup->checkups;
    struct ens_timers *timers = checkups->calls->timers;

    checkup->next = checkups->running;
    checkups->running = checkup;
    checkup->run_id = ens_uuid_random(checkup->arena, timers->entropy);
    checkup->failures_before = checkups->calls->recorder.failures;
    checkup->deadline.fire = on_deadline;
    ens_timer_set(timers, &checkup->deadline, checkup->deadline_ms);
    ens_warn_of(&checkup->warnings, checkups->notices);
    admit_all(checkup);
    if (checkup->count == 0) {
        end_if_done(checkup);
        return;
    }
    for (size_t i = 0; i < checkup->count; i++) {
        examine(&checkup->patients[i]);
    }
}

/* ---- the end -------------------------------------------------------------------------------- */

void ens_checkups_end(struct ens_checkups *checkups)
{
    while (checkups->ended != NULL) {
        struct ens_checkup *checkup = checkups->ended;
        checkups->ended = checkup->next;
        for (size_t i = 0; i < checkup->count; i++) {
            struct patient *patient = &checkup->patients[i];
            if (patient->account != NULL) {
                ens_warn_of(&checkup->warnings, &patient->account->keyring.warnings);
            }
            for (size_t j = 0; j < ENS_INQUIRY_KIND_COUNT; j++) {
                ens_inquiry_done(&patient->inquiries[j]);
            }
        }
        ens_warn_of_audit(&checkup->warnings, &checkups->calls->recorder, checkup->failures_before);
        checkup->events.done(checkup->events.ud, &(struct ens_diagnoses){
                                                     .warnings = checkup->warnings.items,
                                                     .warning_count = checkup->warnings.count,
                                                     .items = checkup->diagnoses,
                                                     .count = checkup->count,
                                                 });
        ens_config_unref(checkups->configs, checkup->config);
        ens_arena_free(checkup->arena);
        ens_free(checkup);
    }
}
