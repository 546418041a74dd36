/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_FOREIGN_H
#define EMU_FOREIGN_H

/* Replies of another cloud's service of the same kind, for the fault other-cloud. */

#include "cloud.h"

/* JSON text; NULL for the services that have none. The keys in it are of no world. */
const char *emu_foreign_body(enum emu_service service, enum emu_cloud cloud);

#endif
