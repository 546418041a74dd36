/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_EMULATOR_H
#define EMU_EMULATOR_H

/* The model of the three clouds and their services: turns a request into a reply. It has no threads
 * and no sockets; the clock is a parameter. */

#include "fault.h"
#include "ledger.h"

#include "base/host.h"

enum { EMU_MAX_REMEMBERED = 500000 }; /* nonces, and tokens; all are dropped when more are added */

struct emu_emulator {
    struct ens_clock clock;
    struct emu_world world;
    struct emu_ledger ledger;
    struct emu_faults faults;
    json_t *tokens; /* ClientTokens, see api.h */
    json_t *nonces; /* of Alibaba, {KEY/NONCE: true} */
    struct emu_issuer issuer;
    int64_t revoked_ms; /* keys that were handed out before this time are refused */
    uint64_t requests;
    uint64_t seed;
    int64_t boot_ms;
    int64_t latency_ms;
    int64_t clock_offset_ms; /* of the clouds' clock; positive: ahead */
    int64_t began_ms;
};

/* One request and its reply while they are processed. */
struct emu_exchange {
    struct emu_request request;
    struct emu_reply reply;
    struct emu_verdict verdict;
    struct emu_call call;
};

/* `target` is "/path?query"; service, cloud, method, headers and body of the request are set after
 * it. */
void emu_exchange_init(struct emu_exchange *exchange, const char *target);
void emu_exchange_done(struct emu_exchange *exchange);

/* Takes ownership of the loaded world. */
void emu_emulator_init(struct emu_emulator *emulator, struct emu_world *world,
                       const struct ens_clock *clock, uint64_t seed);
void emu_emulator_done(struct emu_emulator *emulator);

/* Refuses all temporary keys that were handed out before now, as expired. */
void emu_emulator_revoke(struct emu_emulator *emulator);
/* Forgets how often identity tokens were used. */
void emu_emulator_reset_tokens(struct emu_emulator *emulator);

/* Answers a request. Adds Date and the vendor's request id header. */
void emu_emulator_serve(struct emu_emulator *emulator, struct emu_exchange *exchange);

/* The same in three steps, for a server with threads: the signature check is expensive and reads
 * only immutable data, so it needs no lock; the two others must be serialised. */
void emu_emulator_receive(struct emu_emulator *emulator, struct emu_exchange *exchange);
void emu_emulator_check(const struct emu_emulator *emulator, struct emu_exchange *exchange);
void emu_emulator_answer(struct emu_emulator *emulator, struct emu_exchange *exchange);

#endif
