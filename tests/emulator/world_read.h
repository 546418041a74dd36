#ifndef EMU_WORLD_READ_H
#define EMU_WORLD_READ_H

/* The JSON form of a world; strict: an unknown or misplaced member is an error that says where and
 * what was expected. Shared by world.c and world_read.c. */

#include "world.h"

/* Regions and instances of a whole world file, into a world without instances. */
bool emu_world_read_instances(struct emu_world *world, const char *name, json_t *source,
                              char **ret_error);
/* Adds the instance, or replaces the one of the same cloud and id; empties `draft`. */
void emu_world_set(struct emu_world *world, struct emu_instance *draft);

#endif
