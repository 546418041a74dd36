#ifndef EMU_SERVER_H
#define EMU_SERVER_H

/* The listeners: one per cloud, and one for control (always plain http). */

#include "delay.h"
#include "emulator.h"

#include <microhttpd.h>

enum { EMU_CONTROL = EMU_CLOUDS, EMU_LISTENERS };
enum { EMU_MAX_BODY = 1024 * 1024 };

struct emu_listener {
    struct emu_server *server;
    int which; /* enum emu_cloud or EMU_CONTROL */
    struct MHD_Daemon *daemon;
    unsigned port;
};

struct emu_server {
    struct emu_emulator *emulator;
    struct emu_delays delays;
    struct emu_listener listeners[EMU_LISTENERS];
};

/* Listens on that IPv4 address, from `port` upwards, or on free ports for port 0. cert and key are
 * PEM texts, or NULL for plain http. On failure ret_error is one sentence and nothing listens. */
bool emu_server_start(struct emu_server *server, struct emu_emulator *emulator, const char *address,
                      unsigned port, char *cert, char *key, char **ret_error);
void emu_server_stop(struct emu_server *server);

#endif
