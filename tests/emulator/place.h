/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_PLACE_H
#define EMU_PLACE_H

/* Strict reading of the members of a JSON object of a world file: a wrong one is an error with one
 * sentence that says where it is and what was expected. */

#include "cloud.h"

#include "base/diag.h"

#include <jansson.h>

/* The current position in the file, for messages. */
struct emu_place {
    const char *name; /* of the file */
    char where[512];  /* "NAME: instances[3]" */
    struct ens_diags *diags;
};

/* Reports an error and evaluates to false, so that a check is one statement. */
#define EMU_FAIL(place, ...)                                                                       \
    (ens_fail((place)->diags, ENS_INVALID, (place)->where, __VA_ARGS__) == ENS_OK)

struct emu_place emu_place_of(const char *name, struct ens_diags *diags);
/* Moves to "NAME: LIST[index]", or with list NULL back to "NAME". */
void emu_place_move(struct emu_place *place, const char *list, size_t index);

/* `allowed` is " member member ... "; false when the object has another one, or is none. */
bool emu_read_members(const struct emu_place *place, json_t *object, const char *allowed);
/* An absent optional member leaves *ret_text unchanged. */
bool emu_read_text(const struct emu_place *place, json_t *object, const char *member, bool required,
                   const char **ret_text);
/* A whole number of [0, max]; an absent one leaves *ret_number unchanged, as in the next. */
bool emu_read_number(const struct emu_place *place, json_t *object, const char *member, int64_t max,
                     int64_t *ret_number);
bool emu_read_bool(const struct emu_place *place, json_t *object, const char *member,
                   bool *ret_bool);
bool emu_read_cloud(const struct emu_place *place, json_t *object, enum emu_cloud *ret_cloud);

#endif
