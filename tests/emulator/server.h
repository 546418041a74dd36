/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_SERVER_H
#define EMU_SERVER_H

/* The listeners: one per cloud, and one for control (always plain http). */

#include "delay.h"
#include "emulator.h"

#include <microhttpd.h>
#include <pthread.h>

enum { EMU_CONTROL = EMU_CLOUDS, EMU_LISTENERS };

struct emu_listener {
    struct emu_server *server;
    int which; /* enum emu_cloud or EMU_CONTROL */
    struct MHD_Daemon *daemon;
    unsigned port;
};

struct emu_server {
    struct emu_emulator *emulator;
    pthread_mutex_t lock; /* guards the emulator */
    struct emu_delays delays;
    struct emu_listener listeners[EMU_LISTENERS];
};

/* Listens on the IPv4 address, on `port` and the ones after it, or on free ports if 0. cert and key
 * are PEM texts, or NULL for plain http. On failure all listeners are closed. */
bool emu_server_start(struct emu_server *server, struct emu_emulator *emulator, const char *address,
                      unsigned port, const char *cert, const char *key, struct ens_diags *diags);
void emu_server_stop(struct emu_server *server);

#endif
