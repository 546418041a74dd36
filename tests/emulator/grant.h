/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_GRANT_H
#define EMU_GRANT_H

/* Whether a role may be assumed, and the keys that are handed out for it. Common to the STS of the
 * three clouds, to their metadata services and to the credentials URI. */

#include "oidc.h"
#include "session.h"

struct emu_context; /* api.h */

/* What is remembered about keys that were handed out. */
struct emu_issuer {
    int64_t live_ms;     /* of every key; 0: as long as was asked for */
    json_t *sessions;    /* {ACCESS_KEY: session name} */
    json_t *tokens_used; /* {ROLE/TOKEN: times} */
    uint64_t serial;
};
void emu_issuer_init(struct emu_issuer *issuer);
void emu_issuer_done(struct emu_issuer *issuer);

/* How a fault changes the expiry that a reply shows. */
struct emu_grant_fault {
    bool shifted;
    int64_t expires_after_ms; /* from now; negative: in the past */
};

/* Why a role may not be assumed. */
enum emu_trust {
    EMU_TRUSTED,
    EMU_NO_ROLE,     /* there is none of that name */
    EMU_NOT_TRUSTED, /* not by this caller, or another external id is needed */
    EMU_NO_PROVIDER, /* of identity tokens */
    EMU_TOKEN_INVALID,
    EMU_TOKEN_EXPIRED
};
/* Whether the caller of a signed request may assume the role, which may be NULL. */
enum emu_trust emu_trust_caller(const struct emu_context *context, const struct emu_role *role,
                                ens_str external_id);
/* Whether the bearer of an identity token may; counts the use of the token. */
enum emu_trust emu_trust_token(const struct emu_context *context, const struct emu_role *role,
                               ens_str provider, ens_str token);

struct emu_grant {
    struct emu_key key;
    int64_t issued_s, expires_s; /* as the reply shows them */
};
/* Hands out keys of the role and notes them in the reply, for the ledger. They live as long as the
 * emulator was told, else duration_s; expiry is at a full second. */
struct emu_grant emu_grant_keys(const struct emu_context *context, const struct emu_role *role,
                                ens_str session_name, int64_t duration_s, struct emu_reply *reply);
/* The session name of a key that was handed out; empty for any other key. */
ens_str emu_grant_session(const struct emu_context *context, const struct emu_key *key);

#endif
