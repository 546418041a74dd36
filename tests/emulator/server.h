/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_SERVER_H
#define EMU_SERVER_H

/* The listeners: one for each service of each cloud, and one for control. */

#include "delay.h"
#include "emulator.h"

#include <microhttpd.h>
#include <pthread.h>

/* In the order of their ports. */
enum { EMU_LISTENERS = 12 };
extern const struct emu_listener_kind {
    const char *name;     /* in the JSON line */
    const char *variable; /* of --env */
    const char *path;     /* that the URL ends with */
    bool control;
    enum emu_service service; /* of no meaning for control, like cloud */
    enum emu_cloud cloud;
    bool tls; /* with --tls; the others are always plain http, as they are in the clouds */
} emu_listener_kinds[EMU_LISTENERS];

struct emu_listener {
    struct emu_server *server;
    const struct emu_listener_kind *kind;
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
