/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_CONTROL_H
#define EMU_CONTROL_H

/* The control listener: requests by which tests inspect and change the running emulator, see
 * README.md. */

#include "emulator.h"

void emu_control_serve(struct emu_emulator *emulator, const struct emu_request *request,
                       struct emu_reply *reply);

#endif
