/* SPDX-License-Identifier: Apache-2.0 */
#include "credentials/keys.h"

#include "base/alloc.h"

struct ens_keys *ens_keys_new(const struct ens_identity *identity, int64_t expires_unix_s,
                              const char *source)
{
    struct ens_keys *keys = ens_alloc(sizeof(*keys));

    *keys = (struct ens_keys){
        .refs = 1,
        .access_key = ens_secret_copy(identity->access_key),
        .secret_key = ens_secret_copy(identity->secret_key),
        .security_token = ens_secret_copy(identity->security_token),
        .expires_unix_s = expires_unix_s,
        .source = ens_strdup(source),
    };
    return keys;
}

struct ens_keys *ens_keys_ref(struct ens_keys *keys)
{
    keys->refs++;
    return keys;
}

void ens_keys_unref(struct ens_keys *keys)
{
    if (keys == NULL || --keys->refs > 0) {
        return;
    }
    ens_secret_done(&keys->access_key);
    ens_secret_done(&keys->secret_key);
    ens_secret_done(&keys->security_token);
    ens_free(keys->source);
    ens_free(keys);
}

bool ens_keys_eq(const struct ens_keys *a, const struct ens_keys *b)
{
    return ens_secret_eq(&a->access_key, &b->access_key) &&
           ens_secret_eq(&a->secret_key, &b->secret_key) &&
           ens_secret_eq(&a->security_token, &b->security_token);
}

struct ens_identity ens_keys_reveal(const struct ens_keys *keys)
{
    return (struct ens_identity){
        .struct_size = sizeof(struct ens_identity),
        .access_key = ens_secret_reveal(&keys->access_key),
        .secret_key = ens_secret_reveal(&keys->secret_key),
        .security_token = ens_secret_reveal(&keys->security_token),
    };
}
