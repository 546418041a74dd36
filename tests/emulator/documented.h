/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_DOCUMENTED_H
#define EMU_DOCUMENTED_H

/* The message texts of error codes, as the vendors' pages have them. */

#include "cloud.h"

/* The documented text of a code, or `otherwise` for a code without one. */
const char *emu_documented(enum emu_cloud cloud, const char *code, const char *otherwise);

#endif
