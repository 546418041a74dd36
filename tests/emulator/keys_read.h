/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_KEYS_READ_H
#define EMU_KEYS_READ_H

/* Reads the members of a world that say who has keys: accounts, roles, metadata, credentials_uri
 * and github. README.md documents them. */

#include "place.h"
#include "world.h"

/* Reads them from world->source. */
bool emu_keys_read(struct emu_world *world, struct emu_place *place);

#endif
