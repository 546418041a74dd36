/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_DOCUMENTED_H
#define EMU_DOCUMENTED_H

/* Message texts of error codes, as on the vendors' pages. */

#include "cloud.h"

/* The documented text of a code, or `otherwise` for a code without one. */
const char *emu_documented(enum emu_cloud cloud, const char *code, const char *otherwise);

#endif
