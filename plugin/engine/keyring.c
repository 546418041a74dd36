/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/keyring.h"

#include "base/alloc.h"
#include "base/timestamp.h"

static int64_t now_ms(const struct ens_keyring *keyring)
{
    return ens_timers_now(keyring->logins->timers);
}

static bool is_alive(const struct ens_keyring *keyring)
{
    return keyring->keys != NULL && now_ms(keyring) < keyring->expires_ms;
}

/* ---- waiters -------------------------------------------------------------------------------- */

static void wait_for_keys(struct ens_keyring *keyring, struct ens_key_waiter *waiter)
{
    struct ens_key_waiter **at = &keyring->waiters;

    while (*at != NULL) {
        at = &(*at)->next;
    }
    waiter->next = NULL;
    waiter->at = at;
    *at = waiter;
}

void ens_keyring_leave(struct ens_key_waiter *waiter)
{
    if (waiter->at == NULL) {
        return;
    }
    *waiter->at = waiter->next;
    if (waiter->next != NULL) {
        waiter->next->at = waiter->at;
    }
    waiter->at = NULL;
}

static void tell_waiters(struct ens_keyring *keyring)
{
    while (keyring->waiters != NULL) {
        struct ens_key_waiter *waiter = keyring->waiters;
        ens_keyring_leave(waiter);
        waiter->ready(waiter);
    }
}

static int64_t deadline_ms(void *ud)
{
    const struct ens_keyring *keyring = ud;

    return keyring->wanted_ms;
}

/* ---- logins --------------------------------------------------------------------------------- */

static void set_keys(struct ens_keyring *keyring, struct ens_keys *keys, int64_t life_ms,
                     uint32_t source)
{
    const int64_t part = life_ms / 20;
    const int64_t early = part > ENS_RENEW_MIN_MS ? part : ENS_RENEW_MIN_MS;

    ens_keys_unref(keyring->keys);
    keyring->keys = keys;
    keyring->source = source;
    keyring->expires_ms = life_ms > 0 ? now_ms(keyring) + life_ms : ENS_TIME_NEVER;
    keyring->renew_ms = life_ms > 0
                            ? keyring->expires_ms - (early < life_ms / 2 ? early : life_ms / 2)
                            : ENS_TIME_NEVER;
    keyring->failure.reason = ENS_REASON_OK;
}

/* A renewal failed while the old keys live on. */
static void warn_of_renewal(struct ens_keyring *keyring, ens_str error)
{
    char date[ENS_TIMESTAMP_SIZE];

    ens_timestamp_format(keyring->keys->expires_unix_s, date);
    ens_diags_add(&keyring->warnings, ENS_WARNING, keyring->options.provider->name, NULL,
                  "the keys could not be renewed, and are used until %s: %.*s", date,
                  ENS_STR_ARG(error));
    keyring->renew_ms = now_ms(keyring) + ENS_LOGIN_PAUSE_MS;
}

static void forget_failure(struct ens_keyring *keyring)
{
    ens_free(keyring->failure.error);
    ens_free(keyring->failure.source);
}

static void set_failure(struct ens_keyring *keyring, const struct ens_login_end *end)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    ens_keys_unref(keyring->keys);
    keyring->keys = NULL;
    forget_failure(keyring);
    keyring->failure = (struct ens_key_failure){
        .reason = end->reason,
        .hint = end->hint,
        .error = ens_strdup(ens_arena_dup(arena, end->error).ptr),
        .source = ens_strdup(ens_arena_dup(arena, end->failed_source).ptr),
        .until_ms = now_ms(keyring) + ENS_LOGIN_PAUSE_MS,
    };
}

static void keep_notes(struct ens_keyring *keyring, const struct ens_search *search)
{
    const ens_str *notes = ens_search_looked_at(search, &keyring->looked_at_count);
    const struct ens_diags *diags = ens_search_diags(search);

    ens_arena_free(keyring->notes);
    keyring->notes = ens_arena_new();
    ens_str *copies = ens_arena_array(keyring->notes, keyring->looked_at_count, sizeof(*copies));
    for (size_t i = 0; i < keyring->looked_at_count; i++) {
        copies[i] = ens_arena_dup(keyring->notes, notes[i]);
    }
    keyring->looked_at = copies;
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->items[i].severity == ENS_WARNING) {
            ens_diags_add(&keyring->warnings, ENS_WARNING, diags->items[i].where, NULL, "%s",
                          diags->items[i].summary);
        }
    }
}

static void on_login(void *ud, const struct ens_login_end *end)
{
    struct ens_keyring *keyring = ud;
    const struct ens_log *log = keyring->logins->log;
    const char *cloud = keyring->options.provider->name;

    keyring->login = NULL;
    *keyring->no_metadata |= ens_search_found_no_metadata(end->search);
    keep_notes(keyring, end->search);
    if (end->keys != NULL) {
        ens_log(log, ENS_LOG_INFO, "engine", "%s: keys of %s", cloud, end->keys->source);
        set_keys(keyring, end->keys, end->life_ms, end->source);
    } else {
        ens_log(log, ENS_LOG_INFO, "engine", "%s: %.*s", cloud, ENS_STR_ARG(end->error));
        if (is_alive(keyring)) {
            warn_of_renewal(keyring, end->error);
        } else {
            set_failure(keyring, end);
        }
    }
    tell_waiters(keyring);
}

static void begin_login(struct ens_keyring *keyring)
{
    const struct ens_login_owner owner = {deadline_ms, on_login, keyring};
    struct ens_search_options options = keyring->options;

    options.only = keyring->source;
    if (*keyring->no_metadata && options.metadata_endpoint.len > 0) {
        options.metadata_endpoint = ENS_STR("");
        options.no_metadata = "it did not answer before";
    }
    keyring->login = ens_login_new(keyring->logins, &options, &owner);
    ens_login_begin(keyring->login);
}

/* ---- the interface -------------------------------------------------------------------------- */

void ens_keyring_init(struct ens_keyring *keyring, struct ens_logins *logins,
                      const struct ens_search_options *options, bool *no_metadata)
{
    *keyring =
        (struct ens_keyring){.logins = logins, .options = *options, .no_metadata = no_metadata};
}

void ens_keyring_rest(struct ens_keyring *keyring)
{
    ENS_ASSERT(keyring->waiters == NULL);
    if (keyring->login != NULL) {
        ens_login_cancel(keyring->login);
        keyring->login = NULL;
    }
}

void ens_keyring_done(struct ens_keyring *keyring)
{
    ens_keyring_rest(keyring);
    ens_keys_unref(keyring->keys);
    forget_failure(keyring);
    ens_diags_done(&keyring->warnings);
    ens_arena_free(keyring->notes);
    *keyring = (struct ens_keyring){0};
}

enum ens_key_access ens_keyring_get(struct ens_keyring *keyring, struct ens_key_waiter *waiter)
{
    const int64_t now = now_ms(keyring);
    const bool failed = keyring->failure.reason != ENS_REASON_OK && now < keyring->failure.until_ms;

    if (waiter->deadline_ms > keyring->wanted_ms) {
        keyring->wanted_ms = waiter->deadline_ms;
    }
    if (is_alive(keyring)) {
        if (now >= keyring->renew_ms && keyring->login == NULL) {
            begin_login(keyring); /* the old keys go on signing meanwhile */
        }
        return ENS_KEYS_READY;
    }
    if (keyring->login == NULL && !failed) {
        begin_login(keyring);
    }
    if (keyring->login == NULL) {
        return is_alive(keyring) ? ENS_KEYS_READY : ENS_KEYS_FAILED;
    }
    wait_for_keys(keyring, waiter);
    return ENS_KEYS_WAIT;
}

void ens_keyring_expired(struct ens_keyring *keyring, const struct ens_keys *keys)
{
    if (keyring->keys == keys) {
        keyring->expires_ms = now_ms(keyring);
    }
}

void ens_keyring_pending(const struct ens_keyring *keyring, struct ens_arena *arena,
                         struct ens_pending *ret)
{
    if (keyring->login != NULL) {
        ens_login_pending(keyring->login, arena, ret);
    }
}

bool ens_keyring_lives(const struct ens_keyring *keyring)
{
    return is_alive(keyring) && keyring->expires_ms != ENS_TIME_NEVER;
}
