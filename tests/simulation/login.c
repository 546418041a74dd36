/* SPDX-License-Identifier: Apache-2.0 */
#include "login.h"

#include <stdio.h>
#include <string.h>

#include "apis.h"
#include "keys.h"
#include "number.h"

/* From the design, written down a second time. */
#define RENEW_MIN_MS 180000
#define PAUSE_MS     5000 /* after a login that failed */

static struct sim_keys *keys_of(const struct ens_transfer *transfer)
{
    return &transfer->process->keys[transfer->exchange.request.cloud];
}

static bool are_alive(const struct sim *sim, const struct sim_keys *keys)
{
    return keys->access_key[0] != '\0' && sim->now_ms < keys->expires_ms;
}

/* ---- requests to STS ------------------------------------------------------------------------ */

void sim_login_understand(struct ens_transfer *transfer)
{
    struct emu_exchange *exchange = &transfer->exchange;
    struct emu_call call = {.arena = exchange->request.arena};
    struct emu_verdict unsigned_yet = {0};
    const enum sim_source source = sim_keys_source(transfer->process, exchange->request.cloud);

    emu_api_of(&exchange->request)->read(&exchange->request, &unsigned_yet, &call);
    if (call.action == NULL || call.problem.code != NULL) {
        sim_fail(transfer->sim, "a request that no STS understands: %s, %s", call.name,
                 call.problem.code == NULL ? "no action" : call.problem.message);
    }
    if (source == SIM_SOURCE_FIXED) {
        sim_fail(transfer->sim, "%s is asked for, and the keys are fixed", call.name);
    }
    transfer->last_step =
        source == SIM_SOURCE_TOKEN || strcmp(call.name, "AssumeRoleWithOIDC") != 0;
}

void sim_login_sent(struct ens_transfer *transfer)
{
    const struct sim *sim = transfer->sim;
    struct sim_keys *keys = keys_of(transfer);

    if (keys->asking) {
        sim_fail(sim, "two requests for keys of one account at a time");
    }
    if (are_alive(sim, keys) && !keys->refused && sim->now_ms < keys->renew_ms) {
        sim_fail(sim, "keys are asked for %lld ms before a renewal is due",
                 (long long)(keys->renew_ms - sim->now_ms));
    }
    const bool died = keys->lived && (!are_alive(sim, keys) || keys->refused_ms >= keys->denied_ms);
    if (sim->now_ms < keys->denied_ms + PAUSE_MS && !died) {
        sim_fail(sim, "keys are asked for %lld ms after they were denied",
                 (long long)(sim->now_ms - keys->denied_ms));
    }
    keys->asking = true;
}

void sim_login_reach(struct ens_transfer *transfer)
{
    struct sim *sim = transfer->sim;
    const enum emu_cloud cloud = transfer->exchange.request.cloud;
    struct sim_fate *fate = &transfer->fate;

    if (sim->now_ms >= sim->sts_trouble_until_ms[cloud] || fate->fault != SIM_FAULT_NONE) {
        return;
    }
    switch (sim->sts_trouble[cloud]) {
    case SIM_TROUBLE_DOWN:
        fate->fault = SIM_FAULT_ANSWER_LOST;
        break;
    case SIM_TROUBLE_SLOW:
        fate->back_ms += sim_scaled(&sim->network, 1, 40000);
        break;
    case SIM_TROUBLE_THROTTLED:
        fate->fault = SIM_FAULT_THROTTLE;
        break;
    case SIM_TROUBLE_COUNT:
        break;
    }
}

/* Notes what STS handed out, whether the reply will arrive or not. */
void sim_login_served(struct ens_transfer *transfer)
{
    const struct emu_request *request = &transfer->exchange.request;
    const struct emu_ledger *ledger = &transfer->sim->emulator.ledger;
    const json_t *granted = ledger->records[ledger->count - 1].granted;
    int64_t expires_s = 0;

    if (granted == NULL) {
        return;
    }
    transfer->granted = ens_arena_dup(
        request->arena, ens_str_of(json_string_value(json_object_get(granted, "access_key"))));
    (void)emu_date_read_extended(
        ens_str_of(json_string_value(json_object_get(granted, "expires_at"))), &expires_s);
    transfer->life_ms = (expires_s - request->wall_ms / 1000) * 1000;
    const struct emu_key *key =
        emu_find_key(request, &transfer->sim->emulator.world, request->cloud, transfer->granted);
    sim_keys_add_secret(transfer->sim, key->secret_key);
    sim_keys_add_secret(transfer->sim, key->security_token);
}

/* Whether the keys that were handed out have arrived. */
static bool has_keys(const struct ens_transfer *transfer)
{
    const enum sim_fault fault = transfer->fate.fault;
    const bool intact =
        fault == SIM_FAULT_NONE || fault == SIM_FAULT_SLOW || fault == SIM_FAULT_EXPIRES;

    return transfer->end == ENS_TRANSPORT_REPLY && intact && transfer->granted.len > 0 &&
           transfer->life_ms > 0;
}

static void take_keys(const struct ens_transfer *transfer, struct sim_keys *keys)
{
    const int64_t life_ms = transfer->life_ms;
    const int64_t part = life_ms / 20 > RENEW_MIN_MS ? life_ms / 20 : RENEW_MIN_MS;

    (void)snprintf(keys->access_key, sizeof(keys->access_key), "%.*s",
                   ENS_STR_ARG(transfer->granted));
    keys->expires_ms = transfer->sim->now_ms + life_ms;
    keys->renew_ms = keys->expires_ms - (part < life_ms / 2 ? part : life_ms / 2);
    keys->refused = false;
}

/* The issuer's token has expired, which no repetition changes. */
static bool is_final(const struct ens_transfer *transfer)
{
    const ens_str code = transfer->exchange.reply.code;

    return transfer->end == ENS_TRANSPORT_REPLY &&
           (transfer->fate.fault == SIM_FAULT_NONE || transfer->fate.fault == SIM_FAULT_SLOW) &&
           (ens_str_is(code, "ExpiredOIDCToken") ||
            ens_str_is(code, "AuthenticationFail.OIDCToken.Expired"));
}

void sim_login_answered(struct ens_transfer *transfer)
{
    const struct sim *sim = transfer->sim;
    struct sim_keys *keys = keys_of(transfer);

    keys->asking = false;
    sim_note(sim, "process %zu: a request for keys of %s ends %d: %d %.*s (%s)",
             transfer->process->number, emu_cloud_name(transfer->exchange.request.cloud),
             transfer->end, transfer->exchange.reply.status,
             ENS_STR_ARG(transfer->exchange.reply.code), sim_fault_name(transfer->fate.fault));
    if (!has_keys(transfer)) {
        keys->failures++;
    } else if (transfer->last_step) {
        take_keys(transfer, keys);
    }
    if (is_final(transfer)) {
        keys->denied_ms = sim->now_ms;
        keys->lived = are_alive(sim, keys) && !keys->refused;
        keys->must_tell |= keys->lived;
    }
}

void sim_login_left(struct ens_transfer *transfer)
{
    keys_of(transfer)->asking = false;
}

void sim_login_rest(struct sim_process *process)
{
    for (size_t cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        process->keys[cloud].denied_ms = 0;
    }
}

/* ---- calls ---------------------------------------------------------------------------------- */

void sim_login_call(struct ens_transfer *transfer)
{
    const enum emu_cloud cloud = transfer->exchange.request.cloud;
    const struct sim_keys *keys = keys_of(transfer);

    if (sim_keys_source(transfer->process, cloud) == SIM_SOURCE_FIXED) {
        transfer->signer = sim_access_key(cloud, transfer->process->account[cloud]);
        return;
    }
    if (!are_alive(transfer->sim, keys)) {
        sim_fail(transfer->sim, "a call goes out %s",
                 keys->access_key[0] == '\0' ? "before there are keys" : "with expired keys");
    }
    transfer->signer =
        ens_arena_dup(transfer->exchange.request.arena, ens_str_of(keys->access_key)).ptr;
}

void sim_login_check_signer(const struct ens_transfer *transfer)
{
    const struct emu_key *key = transfer->exchange.verdict.key;

    if (transfer->signer != NULL && key != NULL && !ens_str_is(key->access_key, transfer->signer)) {
        sim_fail(transfer->sim, "a call is signed with %.*s and not with %s",
                 ENS_STR_ARG(key->access_key), transfer->signer);
    }
}

bool sim_login_says_expired(const struct ens_transfer *transfer)
{
    const ens_str code = transfer->exchange.reply.code;

    return transfer->end == ENS_TRANSPORT_REPLY && transfer->fate.fault != SIM_FAULT_CHOPPED &&
           (ens_str_is(code, "InvalidSecretToken") ||
            ens_str_is(code, "InvalidSecurityToken.Expired") ||
            ens_str_is(code, "InvalidAccessKeyId"));
}

void sim_login_refused(const struct ens_transfer *transfer)
{
    struct sim_keys *keys = keys_of(transfer);

    if (ens_str_is(ens_str_of(keys->access_key), transfer->signer)) {
        keys->refused = true;
        keys->refused_ms = transfer->sim->now_ms;
    }
}

/* ---- what a job tells ----------------------------------------------------------------------- */

static bool holds(ens_str text, const char *part)
{
    return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

/* While there are keys, a login that failed decides nothing. */
void sim_login_result(const struct sim_job *job, const struct sim_instance *instance,
                      const struct ens_result *result)
{
    const struct sim *sim = job->process->sim;
    const struct sim_keys *keys = &job->process->keys[instance->cloud];

    sim_keys_check_text(sim, "a message", result->message);
    sim_keys_check_text(sim, "an advice", result->advice);
    sim_keys_check_text(sim, "a request id", result->request_id);
    sim_keys_check_text(sim, "a client token", result->client_token);
    if (are_alive(sim, keys) && !keys->refused && result->reason != ENS_REASON_OK &&
        holds(result->message, ", role ")) {
        sim_fail(sim, "%s fails for a login while the keys live: %.*s", instance->id,
                 ENS_STR_ARG(result->message));
    }
}

static bool is_about(const struct sim_job *job, enum emu_cloud cloud)
{
    for (size_t i = 0; i < job->count; i++) {
        if (job->watches[i].instance->cloud == cloud) {
            return true;
        }
    }
    return false;
}

void sim_login_done(const struct sim_job *job)
{
    struct sim_process *process = job->process;
    const struct sim *sim = process->sim;

    for (size_t i = 0; i < job->end.warning_count; i++) {
        const ens_str warning = job->end.warnings[i];
        sim_keys_check_text(sim, "a warning", warning);
        for (size_t cloud = 0; cloud < EMU_CLOUDS; cloud++) {
            struct sim_keys *keys = &process->keys[cloud];
            if (holds(warning, "could not be renewed") &&
                holds(warning, emu_cloud_name((enum emu_cloud)cloud))) {
                keys->told = true;
                if (keys->failures == 0) {
                    sim_fail(sim, "no renewal failed: %.*s", ENS_STR_ARG(warning));
                }
            }
        }
    }
    for (size_t cloud = 0; cloud < EMU_CLOUDS; cloud++) {
        const struct sim_keys *keys = &process->keys[cloud];
        if (keys->must_tell && !keys->told && is_about(job, (enum emu_cloud)cloud)) {
            sim_fail(sim, "no warning tells that the keys of %s could not be renewed",
                     emu_cloud_name((enum emu_cloud)cloud));
        }
    }
}
