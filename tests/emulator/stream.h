/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_STREAM_H
#define EMU_STREAM_H

/* Sends the body of a reply: whole, truncated, byte by byte, or of a huge size. */

#include "delay.h"
#include "message.h"

/* Takes ownership of the reply's body. The wire must not be EMU_WIRE_CUT or EMU_WIRE_HANG. */
struct MHD_Response *emu_stream_response(struct emu_delays *delays,
                                         struct MHD_Connection *connection,
                                         struct emu_reply *reply);

#endif
