/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registry of the providers of this process: shared objects found in directories, and providers
 * that are linked in.
 *
 * A provider is registered only if its descriptor passes every check (magic, major, size, name,
 * version, limits, functions, tables) and its name is unique. A file that fails is skipped with
 * one diagnostic that names file, field, expected and found; the others still load. Files and
 * directories that are world-writable, or owned by none of root, this user and the owner of the
 * object that contains this code, are refused before dlopen (RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE,
 * through the file descriptor that was checked).
 *
 * A registry is immutable once built, so threads may share it. It outlives every engine that uses
 * it.
 */
#ifndef ENSURE_LOADER_REGISTRY_H
#define ENSURE_LOADER_REGISTRY_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/host.h"
#include "base/log.h"
#include "core/capabilities.h"

struct ens_registry;

/* Registers the linked-in providers, then those of "providers" beside the object that contains this
 * code, of the installed directory, and of ENSURE_PROVIDER_PATH. It is an error if none was found;
 * the diagnostic then says which files were refused and why, else ens_registry_warnings does.
 * statics is NULL-terminated and may be NULL. */
ens_rc ens_registry_new(ens_provider_entry_fn *const *statics,
                        const struct ens_environment *environment, const struct ens_log *log,
                        struct ens_registry **ret, struct ens_diags *diags) ENS_MUST_USE;
void ens_registry_free(struct ens_registry *registry);

/* Building a registry step by step, for tests and special hosts. */
struct ens_registry *ens_registry_empty(void);
ens_rc ens_registry_add(struct ens_registry *registry, const struct ens_provider *provider,
                        const char *origin, struct ens_diags *diags) ENS_MUST_USE;
ens_rc ens_registry_load(struct ens_registry *registry, const char *file,
                         struct ens_diags *diags) ENS_MUST_USE;
/* Loads every *.so in the directory, in byte order of names; a missing directory is ignored. */
void ens_registry_scan(struct ens_registry *registry, const char *directory,
                       struct ens_diags *diags);

/* NULL: no such cloud. */
const struct ens_provider *ens_registry_find(const struct ens_registry *registry, ens_str cloud);

size_t ens_registry_count(const struct ens_registry *registry);
const struct ens_provider *ens_registry_at(const struct ens_registry *registry, size_t index);
const char *ens_registry_origin(const struct ens_registry *registry, size_t index); /* its file */

/* Warnings of the search: files and directories that were skipped, and why. Valid as long as the
 * registry. */
const struct ens_diags *ens_registry_warnings(const struct ens_registry *registry);
/* Appends the first of the warnings: "; FILE: why it was refused", and how many more there are. */
void ens_registry_add_reasons(const struct ens_registry *registry, struct ens_buf *out);
/* Moves the warnings into the registry. */
void ens_registry_keep_warnings(struct ens_registry *registry, struct ens_diags *warnings);

/* Describes the program and its providers. version is the program's; warnings may be NULL. Lists
 * are allocated in the arena; texts point into the arena, the registry and version. */
struct ens_capabilities ens_registry_capabilities(const struct ens_registry *registry,
                                                  const char *version,
                                                  const struct ens_diags *warnings,
                                                  struct ens_arena *arena);

/* Fails if the cloud has no provider: "there is no provider for cloud "x"; known: alibaba, baidu,
 * volcengine", and why its file was refused if there is one. */
ens_rc ens_registry_require(const struct ens_registry *registry, ens_str cloud, const char *where,
                            struct ens_diags *diags) ENS_MUST_USE;

#endif
