/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of one account over time: obtained when the first call needs them, renewed before they
 * expire and when the cloud says that they have. There is one login at a time, which all calls that
 * need its keys wait for; while the keys are alive, calls do not wait. Engine thread only.
 */
#ifndef ENSURE_ENGINE_KEYRING_H
#define ENSURE_ENGINE_KEYRING_H

#include "engine/login.h"

/* Keys are renewed this long before they expire: max(RENEW_MIN, 5 % of their life), but not before
 * half of their life. */
#define ENS_RENEW_MIN_MS ((int64_t)180 * 1000)

/* After a failed login or renewal, the next one is not begun earlier. */
#define ENS_LOGIN_PAUSE_MS ((int64_t)5 * 1000)

/* A call that waits for keys. The owner sets the last two members, and keeps the struct in place.
 */
struct ens_key_waiter {
    struct ens_key_waiter *next;
    struct ens_key_waiter **at; /* what points to it; NULL: it does not wait */
    int64_t deadline_ms;
    /* The keyring has keys, or a failure; the waiter waits no longer. */
    void (*ready)(struct ens_key_waiter *waiter);
};

/* Why there are no keys. */
struct ens_key_failure {
    enum ens_reason reason; /* ENS_REASON_OK: there is no failure */
    enum ens_hint hint;
    char *error;  /* one clause */
    char *source; /* that was to be used; "": none is set up */
    int64_t until_ms;
};

struct ens_keyring {
    struct ens_logins *logins;
    struct ens_search_options options; /* what the texts point to is the account's */
    bool *no_metadata; /* whether the metadata service was probed in vain; outlives the keyring */
    struct ens_keys *keys; /* NULL: none */
    uint32_t source;       /* of the keys: enum ens_source_kind */
    int64_t expires_ms;    /* monotonic; ENS_TIME_NEVER: never */
    int64_t renew_ms;      /* when to renew them; ENS_TIME_NEVER: not */
    struct ens_key_failure failure;
    struct ens_login *login; /* NULL: none is under way */
    int64_t wanted_ms;       /* until when the keys are wanted */
    struct ens_key_waiter *waiters;
    struct ens_diags warnings;
    struct ens_arena *notes; /* of looked_at */
    const ens_str *looked_at;
    size_t looked_at_count;
};

enum ens_key_access {
    ENS_KEYS_READY,  /* keyring->keys may sign */
    ENS_KEYS_FAILED, /* see keyring->failure */
    ENS_KEYS_WAIT,   /* the waiter will be told */
};

void ens_keyring_init(struct ens_keyring *keyring, struct ens_logins *logins,
                      const struct ens_search_options *options, bool *no_metadata);
void ens_keyring_done(struct ens_keyring *keyring); /* no call waits; aborts a login */

/* No job is left, so that no call waits: aborts a login. */
void ens_keyring_rest(struct ens_keyring *keyring);

/* Called before each request that is signed. Begins a login or a renewal where it is due. */
enum ens_key_access ens_keyring_get(struct ens_keyring *keyring, struct ens_key_waiter *waiter);

/* A waiter gives up; no effect if it does not wait. */
void ens_keyring_leave(struct ens_key_waiter *waiter);

/* The cloud says that these keys have expired: they are not given out any more. */
void ens_keyring_expired(struct ens_keyring *keyring, const struct ens_keys *keys);

/* Describes what a waiter waits for; copied into the arena. */
void ens_keyring_pending(const struct ens_keyring *keyring, struct ens_arena *arena,
                         struct ens_pending *ret);

/* Whether it is worth keeping when no job is left: keys that were asked for, and are alive. */
bool ens_keyring_lives(const struct ens_keyring *keyring);

#endif
