/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_CLOCK_H
#define EMU_CLOCK_H

/* The system's clocks, for the server; the model gets its clock as a parameter. */

#include "base/host.h"

extern const struct ens_clock emu_system_clock;

#endif
