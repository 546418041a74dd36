/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_CONTROL_H
#define EMU_CONTROL_H

/* The control listener: what tests ask and change while the emulator runs. README.md lists it. */

#include "emulator.h"

void emu_control_serve(struct emu_emulator *emulator, const struct emu_request *request,
                       struct emu_reply *reply);

#endif
