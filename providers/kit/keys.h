/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as JSON documents hold them: replies of the services that hand out keys, output of commands,
 * caches of command lines. */
#ifndef ENSURE_KIT_KEYS_H
#define ENSURE_KIT_KEYS_H

#include <stdbool.h>

#include "kit/json.h"

struct kit_keys {
    struct ens_identity identity;
    int64_t expires_unix_s; /* 0: not said */
};

/* Where the members are. Names that are joined by '|' are alternatives; all are compared without
 * case. */
struct kit_keys_shape {
    const char *path; /* of the object in the document, joined by '.'; "": the document itself */
    const char *access_key;
    const char *secret_key;
    const char *security_token;
    const char *expiry;  /* RFC 3339, or seconds, ms, us or ns since 1970 */
    const char *state;   /* if the member is there, its value must be "Success"; may be NULL */
    const char *foreign; /* members that documents of other clouds have; may be NULL */
    int64_t life_s; /* of keys without an expiry; 0: they must have one; -1: they do not expire */
};

/* Reads the keys in the document. Otherwise returns a clause that says what is wrong. */
ens_str kit_keys_read(const struct ens_memory *memory, const json_t *document,
                      const struct kit_keys_shape *shape, int64_t now_unix_s, struct kit_keys *ret);

/* A point in time as the shape's expiry has it; 0: it is none. */
int64_t kit_expiry(ens_str text);

#endif
