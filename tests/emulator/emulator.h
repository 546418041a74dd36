#ifndef EMU_EMULATOR_H
#define EMU_EMULATOR_H

/* The three clouds together: one request in, one reply out. Any thread may call; one lock guards
 * everything that changes. */

#include "fault.h"
#include "ledger.h"

#include <pthread.h>

enum { EMU_MAX_REMEMBERED = 500000 }; /* nonces, and tokens; beyond that all are forgotten */

struct emu_emulator {
    pthread_mutex_t lock;
    struct emu_world world;
    struct emu_ledger ledger;
    struct emu_faults faults;
    struct emu_table tokens; /* ClientToken, see api.h */
    struct emu_table nonces; /* of Alibaba, "key/nonce" */
    uint64_t requests;
    uint64_t seed;
    int64_t boot_ms;
    int64_t latency_ms;
    int64_t clock_offset_ms; /* how far the emulated clouds' clock is ahead */
    int64_t began_ms;
};

/* The world comes in ready and is taken over. */
void emu_emulator_init(struct emu_emulator *emulator, struct emu_world *world, uint64_t seed);
/* Answers a request whose method, target, headers and body are set. Adds Date and the vendor's
 * request id header. */
void emu_emulator_serve(struct emu_emulator *emulator, struct emu_request *request,
                        struct emu_reply *reply);
void emu_emulator_count_connection(struct emu_emulator *emulator, enum emu_cloud cloud);
void emu_emulator_done(struct emu_emulator *emulator);

#endif
