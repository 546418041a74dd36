/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_CLOCK_H
#define EMU_CLOCK_H

/* The clocks of the operating system, for the server; the model is handed one. */

#include "base/host.h"

extern const struct ens_clock emu_system_clock;

#endif
