/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person is told, as messages of the protocol. All text is made valid UTF-8 here. Everything
 * lives in the arena.
 */
#ifndef ENSURE_TERRAFORM_DIAGNOSTICS_H
#define ENSURE_TERRAFORM_DIAGNOSTICS_H

#include "terraform/schema.h"

struct Tfplugin6__AttributePath;
struct Tfplugin6__Diagnostic;

struct ens_tf_diags {
    struct ens_arena *arena;
    const struct ens_tf_attribute *attributes; /* of the block: which paths there are */
    struct Tfplugin6__Diagnostic **items;
    size_t count;
};

struct ens_tf_diags ens_tf_diags_new(struct ens_arena *arena, const struct ens_tf_schema *schema);

bool ens_tf_diags_has_error(const struct ens_tf_diags *diags);

/* path: dotted, such as "timeouts.create"; NULL: none. */
void ens_tf_diags_add(struct ens_tf_diags *diags, enum ens_severity severity, const char *path,
                      ens_str summary, ens_str detail);

/* Adds what was found and empties found. A where that is no path of the block goes into the text.
 */
void ens_tf_diags_take(struct ens_tf_diags *diags, struct ens_diags *found);

/* A path of the protocol. */
struct Tfplugin6__AttributePath *ens_tf_path(struct ens_arena *arena, const char *path);

#endif
