/* SPDX-License-Identifier: Apache-2.0 */
#include "serve.h"

#include <stdio.h>
#include <string.h>

#include "apis.h"
#include "keys.h"
#include "login.h"
#include "support/providers.h"
#include "watch.h"

#define LAG_BOUND_MS 3900 /* after a lost answer, where no token makes a second start harmless */

/* ---- what reads show ------------------------------------------------------------------------ */

static enum ens_status status_of(enum emu_cloud cloud, const char *word)
{
    const struct ens_status_row *row = test_provider_named(emu_cloud_name(cloud))->statuses;

    while (row->word != NULL && strcmp(row->word, word) != 0) {
        row++;
    }
    return row->word == NULL ? ENS_STATUS_UNKNOWN : (enum ens_status)row->status;
}

/* The word that a read is about to show; not a read. */
static const char *word_to_be_shown(struct emu_instance *model, int64_t now_ms)
{
    const char *status = emu_instance_status(model, now_ms);
    const bool stale =
        model->stale_status != NULL && (model->stale_reads > 0 || now_ms < model->stale_until_ms);

    return stale ? model->stale_status : model->shows != NULL ? model->shows : status;
}

static void foresee_read(struct ens_transfer *transfer, size_t i)
{
    const struct sim_instance *one = transfer->instances[i];
    const struct emu_exchange *exchange = &transfer->exchange;
    const struct emu_instance *model =
        exchange->verdict.key == NULL ? NULL
                                      : emu_world_find(&transfer->sim->emulator.world, one->cloud,
                                                       exchange->verdict.key->account,
                                                       exchange->call.region, ens_str_of(one->id));

    if (model == NULL ||
        emu_key_denies(exchange->verdict.key, exchange->call.action, exchange->call.dry_run)) {
        transfer->meanings[i] = SIM_MEANS_MISSING;
        return;
    }
    transfer->shown[i] = status_of(one->cloud, word_to_be_shown(one->model, transfer->sim->now_ms));
    transfer->meanings[i] =
        transfer->shown[i] == ENS_STATUS_UNKNOWN ? SIM_MEANS_ODD : SIM_MEANS_SHOWN;
    if (transfer->shown[i] == ENS_STATUS_ABSENT) {
        transfer->meanings[i] = SIM_MEANS_MISSING;
    }
}

/* ---- the faults of a cloud ------------------------------------------------------------------ */

/* Some of the ids of a read, and always one at least. */
static bool is_hit(const struct ens_transfer *transfer, size_t i)
{
    const uint64_t variant = transfer->fate.variant;

    return i == variant % transfer->count || (variant >> (i % 40)) % 4 == 0;
}

/* Lists that leave instances out, and words that are new; undone after the reply. */
static void disguise(struct ens_transfer *transfer, bool on)
{
    static char odd[] = "Hibernating";
    const enum sim_fault fault = transfer->fate.fault;

    for (size_t i = 0; i < transfer->count; i++) {
        struct emu_instance *model = transfer->instances[i]->model;
        if (model == NULL || transfer->gone[i] || !is_hit(transfer, i)) {
            continue;
        }
        if (fault == SIM_FAULT_HIDDEN) {
            model->gone = on;
        } else if (fault == SIM_FAULT_ODD_WORD) {
            model->shows = on ? odd : NULL;
        }
    }
}

static bool over_quota(struct sim *sim, const struct emu_exchange *exchange)
{
    const struct emu_key *key = exchange->verdict.key;
    const size_t cloud = exchange->request.cloud;

    if (sim->weather.quota == 0 || key == NULL || exchange->request.service == EMU_STS) {
        return false;
    }
    const size_t account = sim_account_number(key->account);
    if (sim->quota_second[cloud][account] != sim->now_ms / 1000) {
        sim->quota_second[cloud][account] = sim->now_ms / 1000;
        sim->quota_used[cloud][account] = 0;
    }
    return ++sim->quota_used[cloud][account] > sim->weather.quota;
}

static void set_fault(struct sim *sim, const char *spec)
{
    ENS_AUTO_DIAGS diags = {0};

    emu_faults_clear(&sim->emulator.faults);
    if (spec[0] != '\0' && !emu_faults_add(&sim->emulator.faults, spec, &diags)) {
        sim_fail(sim, "%s", diags.items[0].summary);
    }
}

/* Reads lag behind this start. Where the engine has no token to rely on and its answer is lost,
 * they do so for less than it waits. */
static void lag_behind(struct ens_transfer *transfer, struct emu_instance *model, int64_t end_ms)
{
    const int64_t now = transfer->sim->now_ms;
    int64_t until = now + transfer->fate.lag_ms;

    if (transfer->fate.fault == SIM_FAULT_LATE || transfer->process == NULL) {
        until = now;
    } else if (transfer->fate.fault != SIM_FAULT_STALE) {
        until = until < end_ms + LAG_BOUND_MS ? until : end_ms + LAG_BOUND_MS;
    }
    model->stale_status = until > now ? emu_cloud_word(model->cloud, EMU_STOPPED) : NULL;
    model->stale_until_ms = until;
    model->stale_reads = 0;
}

/* ---- what the reply means ------------------------------------------------------------------- */

static bool is_throttled(const struct emu_reply *reply)
{
    return reply->status == 429 || ens_str_starts(reply->code, ENS_STR("Throttling"));
}

static bool says_missing(const struct emu_reply *reply)
{
    return ens_str_is(reply->code, "InvalidInstance.NotFound") ||
           ens_str_is(reply->code, "InvalidInstanceId.NotFound") ||
           ens_str_is(reply->code, "InvalidInstanceIds.NotFound") ||
           ens_str_is(reply->code, "NoSuchObject");
}

static bool says_passed(const struct emu_reply *reply)
{
    return ens_str_is(reply->code, "DryRunOperation") || ens_str_is(reply->code, "DRYRUN.SUCCESS");
}

static enum sim_meaning meaning_of_error(const struct ens_transfer *transfer)
{
    const struct emu_reply *reply = &transfer->exchange.reply;
    const bool dry = ens_call_is_dry(transfer->kind);

    if (is_throttled(reply)) {
        return SIM_MEANS_THROTTLED;
    }
    if (dry && says_passed(reply)) {
        return SIM_MEANS_PASSED;
    }
    if (says_missing(reply)) {
        return SIM_MEANS_MISSING;
    }
    const bool capacity = ens_str_starts(reply->code, ENS_STR("Insufficient."));
    return reply->status >= 500 && !capacity ? SIM_MEANS_AMBIGUOUS : SIM_MEANS_REFUSED;
}

/* Alibaba's own word on one instance of a start that was answered 2xx as a whole. */
static enum sim_meaning meaning_of_item(const struct ens_transfer *transfer, size_t index)
{
    const struct ens_buf *body = &transfer->exchange.reply.body;
    json_t *root = json_loadb(ens_buf_text(body), body->len, 0, NULL);
    const json_t *list =
        json_object_get(json_object_get(root, "InstanceResponses"), "InstanceResponse");
    const char *id = transfer->instances[index]->id;
    enum sim_meaning meaning = SIM_MEANS_REFUSED;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *code = json_string_value(json_object_get(item, "Code"));
        if (code == NULL ||
            strcmp(json_string_value(json_object_get(item, "InstanceId")), id) != 0) {
            continue;
        }
        transfer->codes[index] |= sim_code_bit(ens_str_of(code));
        if (strcmp(code, "InvalidInstanceId.NotFound") == 0) {
            meaning = SIM_MEANS_MISSING;
        } else if (strcmp(code, "InternalError") == 0) {
            meaning = SIM_MEANS_AMBIGUOUS;
        }
    }
    json_decref(root);
    return meaning;
}

/* Of a start that was answered 2xx as a whole. */
static enum sim_meaning meaning_of_start(const struct ens_transfer *transfer, size_t i)
{
    const struct sim_instance *one = transfer->instances[i];

    if ((one->model != NULL && one->model->starts != transfer->starts[i]) ||
        one->cloud == EMU_VOLCENGINE) {
        return SIM_MEANS_ACCEPTED; /* without an effect: a token that was used before */
    }
    if (one->cloud == EMU_BAIDU) { /* which has a list for them and no code */
        transfer->codes[i] |= sim_code_bit(ENS_STR("failedInstanceIdList"));
        return SIM_MEANS_REFUSED;
    }
    return meaning_of_item(transfer, i);
}

static enum sim_meaning meaning(const struct ens_transfer *transfer, size_t i)
{
    const struct emu_reply *reply = &transfer->exchange.reply;
    const bool success = reply->status / 100 == 2;

    if (sim_fate_is_ambiguous(&transfer->fate) || transfer->end == ENS_TRANSPORT_LOST) {
        return SIM_MEANS_AMBIGUOUS;
    }
    if (transfer->fate.fault == SIM_FAULT_EMPTY) {
        return transfer->kind == ENS_CALL_START ? SIM_MEANS_EMPTY : SIM_MEANS_AMBIGUOUS;
    }
    if (transfer->fate.fault == SIM_FAULT_XML) {
        return SIM_MEANS_REFUSED;
    }
    if (!success) {
        return meaning_of_error(transfer);
    }
    if (transfer->kind == ENS_CALL_READ || transfer->kind == ENS_CALL_PROBE) {
        return transfer->meanings[i];
    }
    return transfer->kind == ENS_CALL_DRY_RUN ? SIM_MEANS_ACCEPTED : meaning_of_start(transfer, i);
}

static int64_t header_ms(const struct emu_reply *reply, const char *name, int64_t unit_ms)
{
    const ens_str value = emu_fields_get(&reply->headers, name);
    int64_t number = 0;

    return value.ptr != NULL && ens_str_to_i64(value, &number) ? number * unit_ms : 0;
}

/* ---- serving -------------------------------------------------------------------------------- */

/* The connection breaks while the cloud is down. */
static bool is_down(struct ens_transfer *transfer)
{
    struct sim *sim = transfer->sim;

    if (sim->now_ms >= sim->outage_until_ms[transfer->exchange.request.cloud]) {
        return false;
    }
    transfer->end = transfer->fate.variant % 2 == 0 ? ENS_TRANSPORT_NOT_SENT : ENS_TRANSPORT_LOST;
    transfer->end_ms = sim->now_ms + transfer->fate.back_ms;
    for (size_t i = 0; i < transfer->count; i++) {
        transfer->meanings[i] =
            transfer->end == ENS_TRANSPORT_LOST ? SIM_MEANS_AMBIGUOUS : SIM_MEANS_NOTHING;
    }
    return true;
}

static void chop(struct ens_transfer *transfer)
{
    struct ens_buf *body = &transfer->exchange.reply.body;

    if (transfer->fate.fault == SIM_FAULT_CHOPPED) {
        body->len =
            body->len < 2 ? body->len : 1 + (size_t)transfer->fate.variant % (body->len - 1);
        if (body->len == 0) { /* nothing to chop */
            ens_buf_add(body, ENS_STR("{"));
        } else {
            body->ptr[body->len] = '\0';
        }
    }
}

static void set_end(struct ens_transfer *transfer)
{
    const struct emu_reply *reply = &transfer->exchange.reply;
    const enum sim_fault fault = transfer->fate.fault;

    if (fault == SIM_FAULT_LATE) {
        return; /* its client knows already */
    }
    transfer->end_ms = transfer->sim->now_ms + reply->delay_ms;
    transfer->end = ENS_TRANSPORT_REPLY;
    if (fault == SIM_FAULT_HANG) {
        transfer->end_ms = SIM_NEVER;
        transfer->end = ENS_TRANSPORT_LOST;
    } else if (fault == SIM_FAULT_ANSWER_LOST) {
        transfer->end = ENS_TRANSPORT_LOST;
    } else if (reply->wire == EMU_WIRE_HUGE) {
        transfer->end = ENS_TRANSPORT_TOO_LARGE;
    }
    transfer->retry_after_ms = header_ms(reply, "x-acs-retry-after", 1);
    const int64_t standard = header_ms(reply, "Retry-After", 1000);
    if (standard > transfer->retry_after_ms) {
        transfer->retry_after_ms = standard;
    }
}

static void look_before(struct ens_transfer *transfer)
{
    for (size_t i = 0; i < transfer->count; i++) {
        const struct emu_instance *model = transfer->instances[i]->model;
        transfer->gone[i] = model != NULL && model->gone;
        transfer->starts[i] = model != NULL ? model->starts : 0;
    }
    disguise(transfer, true);
    for (size_t i = 0; i < transfer->count && transfer->kind == ENS_CALL_READ; i++) {
        foresee_read(transfer, i);
    }
}

static void look_after(struct ens_transfer *transfer)
{
    for (size_t i = 0; i < transfer->count; i++) {
        struct emu_instance *model = transfer->instances[i]->model;
        const bool starts = transfer->kind == ENS_CALL_START || transfer->kind == ENS_CALL_DRY_RUN;
        if (starts && model != NULL && model->starts != transfer->starts[i]) {
            lag_behind(transfer, model,
                       transfer->end_ms == SIM_NEVER ? transfer->limit_ms : transfer->end_ms);
            sim_watch_effect(transfer, i);
        }
        transfer->codes[i] = sim_code_bit(transfer->exchange.reply.code);
        if (transfer->fate.fault == SIM_FAULT_XML) {
            transfer->codes[i] = sim_code_bit(ENS_STR("InvalidParameter"));
        }
        transfer->meanings[i] = meaning(transfer, i);
    }
}

static void note_served(const struct ens_transfer *transfer)
{
    const struct emu_exchange *exchange = &transfer->exchange;

    sim_note(transfer->sim, "served %s of %zu, first %s: %d %.*s (%s%s)", exchange->call.name,
             transfer->count, transfer->login ? "none" : transfer->instances[0]->id,
             exchange->reply.status, ENS_STR_ARG(exchange->reply.code),
             sim_fault_name(transfer->fate.fault),
             transfer->process == NULL ? ", no process waits" : "");
}

void sim_serve(struct ens_transfer *transfer)
{
    struct sim *sim = transfer->sim;
    struct emu_exchange *exchange = &transfer->exchange;
    char spec[64];

    if (transfer->process == NULL) {
        transfer->fate.fault =
            SIM_FAULT_LATE; /* no process receives it, whatever the fault was to be */
    }
    if (is_down(transfer)) {
        return;
    }
    transfer->served = true;
    if (transfer->login) {
        sim_login_reach(transfer);
    }
    sim->emulator.latency_ms = transfer->fate.back_ms;
    emu_emulator_receive(&sim->emulator, exchange);
    exchange->call = (struct emu_call){.arena = exchange->request.arena};
    emu_emulator_check(&sim->emulator, exchange);
    sim_login_check_signer(transfer);
    if (over_quota(sim, exchange)) {
        transfer->fate.fault = SIM_FAULT_THROTTLE;
    }
    set_fault(sim, sim_fate_spec(&transfer->fate, spec));
    look_before(transfer);
    emu_emulator_answer(&sim->emulator, exchange);
    if (spec[0] != '\0' && sim->emulator.faults.items[0].fired == 0) {
        transfer->fate.fault = SIM_FAULT_NONE; /* rejected before the fault could happen */
    }
    disguise(transfer, false);
    chop(transfer);
    set_end(transfer);
    look_after(transfer);
    if (transfer->login) {
        sim_login_served(transfer);
    }
    note_served(transfer);
}
