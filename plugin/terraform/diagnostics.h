/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics as messages of the protocol. All text is made valid UTF-8 here. Everything is
 * allocated in the arena.
 */
#ifndef ENSURE_TERRAFORM_DIAGNOSTICS_H
#define ENSURE_TERRAFORM_DIAGNOSTICS_H

#include "terraform/schema.h"

struct Tfplugin6__AttributePath;
struct Tfplugin6__Diagnostic;

struct ens_tf_diags {
    struct ens_arena *arena;
    const struct ens_tf_attribute *attributes; /* of the block, to recognise paths */
    struct Tfplugin6__Diagnostic **items;
    size_t count;
};

struct ens_tf_diags ens_tf_diags_new(struct ens_arena *arena, const struct ens_tf_schema *schema);

bool ens_tf_diags_has_error(const struct ens_tf_diags *diags);

/* path: dotted, such as "timeouts.create"; NULL: none. */
void ens_tf_diags_add(struct ens_tf_diags *diags, enum ens_severity severity, const char *path,
                      ens_str summary, ens_str detail);

/* Adds warnings of the engine, one sentence each. */
void ens_tf_diags_warn(struct ens_tf_diags *diags, const ens_str *warnings, size_t count);

/* Moves the diagnostics of found into diags. A where that is not a path of the block becomes part
 * of the text. */
void ens_tf_diags_take(struct ens_tf_diags *diags, struct ens_diags *found);

/* Converts a dotted path to a message of the protocol. */
struct Tfplugin6__AttributePath *ens_tf_path(struct ens_arena *arena, const char *path);

#endif
