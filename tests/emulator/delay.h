/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_DELAY_H
#define EMU_DELAY_H

/* Resumes suspended connections at a later time; one thread sleeps until the next is due. */

#include <microhttpd.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct emu_delays {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    struct emu_delay *heap; /* the earliest first */
    size_t count;
    bool stopping;
};

void emu_delays_start(struct emu_delays *delays);
/* Suspends the connection for this many ms; to be called in one of its callbacks. Returns false
 * while the emulator is stopping, when connections can't be suspended any more. */
bool emu_delays_suspend(struct emu_delays *delays, struct MHD_Connection *connection, int64_t ms);
/* Resumes all connections and ends the thread; none can be suspended afterwards. */
void emu_delays_stop(struct emu_delays *delays);
/* Frees the members. To be called when no connection is left that may call the functions above. */
void emu_delays_done(struct emu_delays *delays);

#endif
