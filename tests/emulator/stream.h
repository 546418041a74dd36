/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_STREAM_H
#define EMU_STREAM_H

/* A reply as it goes over the wire: whole, cut in half, byte by byte, or enormous. */

#include "delay.h"
#include "message.h"

/* Takes the body out of the reply. The wire must not be EMU_WIRE_CUT or EMU_WIRE_HANG. */
struct MHD_Response *emu_stream_response(struct emu_delays *delays,
                                         struct MHD_Connection *connection,
                                         struct emu_reply *reply);

#endif
