/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The providers of this process: shared objects found in directories, and those linked in.
 *
 * A provider is used only if every check of its descriptor passes (magic, major, size, name,
 * version, limits, functions, tables) and no other has its name. A file that fails is left out with
 * one diagnostic that names file, field, expected and found; the others still load. Files and
 * directories that are world-writable, or owned by none of root, this user and the owner of the
 * object that holds this code, are refused before the dynamic loader sees them (RTLD_NOW |
 * RTLD_LOCAL | RTLD_NODELETE, through the descriptor that was checked).
 *
 * A registry is immutable once built, so threads may share it. It outlives every engine that uses
 * it.
 */
#ifndef ENSURE_LOADER_REGISTRY_H
#define ENSURE_LOADER_REGISTRY_H

#include "base/diag.h"
#include "base/host.h"
#include "base/log.h"
#include "core/capabilities.h"

struct ens_registry;

/* The usual one: the static ones first, then "providers" beside the object that holds this code,
 * the installed directory, and ENSURE_PROVIDER_PATH. No provider at all is an error, which says
 * why files were refused; else ens_registry_warnings says it. statics is NULL-terminated and may be
 * NULL. */
ens_rc ens_registry_new(ens_provider_entry_fn *const *statics,
                        const struct ens_environment *environment, const struct ens_log *log,
                        struct ens_registry **ret, struct ens_diags *diags) ENS_MUST_USE;
void ens_registry_free(struct ens_registry *registry);

/* For tests and special hosts: built by hand. */
struct ens_registry *ens_registry_empty(void);
ens_rc ens_registry_add(struct ens_registry *registry, const struct ens_provider *provider,
                        const char *origin, struct ens_diags *diags) ENS_MUST_USE;
ens_rc ens_registry_load(struct ens_registry *registry, const char *file,
                         struct ens_diags *diags) ENS_MUST_USE;
/* Every *.so in the directory, in byte order of names; a missing directory holds none. */
void ens_registry_scan(struct ens_registry *registry, const char *directory,
                       struct ens_diags *diags);

/* NULL: no such cloud. */
const struct ens_provider *ens_registry_find(const struct ens_registry *registry, ens_str cloud);

size_t ens_registry_count(const struct ens_registry *registry);
const struct ens_provider *ens_registry_at(const struct ens_registry *registry, size_t index);
const char *ens_registry_origin(const struct ens_registry *registry, size_t index); /* its file */

/* What a person should know of the search: files and directories that were left out, and why. Lives
 * as long as the registry. */
const struct ens_diags *ens_registry_warnings(const struct ens_registry *registry);
void ens_registry_keep_warnings(struct ens_registry *registry, struct ens_diags *warnings);

/* version is the program's; warnings are those of building the registry and may be NULL. Lists are
 * in the arena; texts are there, in the registry and in version. */
struct ens_capabilities ens_registry_capabilities(const struct ens_registry *registry,
                                                  const char *version,
                                                  const struct ens_diags *warnings,
                                                  struct ens_arena *arena);

/* "there is no provider for cloud "x"; known: alibaba, baidu, volcengine" as an error at where, and
 * why its file was refused if there is one. */
ens_rc ens_registry_require(const struct ens_registry *registry, ens_str cloud, const char *where,
                            struct ens_diags *diags) ENS_MUST_USE;

#endif
