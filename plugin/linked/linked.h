/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is linked into a program. The installed programs load their providers and the libraries of
 * the system; the static ones (ENS_STATIC) hold all of it and load nothing. A build has one of
 * shared.c and static.c.
 */
#ifndef ENSURE_LINKED_LINKED_H
#define ENSURE_LINKED_LINKED_H

#include <stddef.h>

#include "ensure/provider.h"

struct ens_linked_library {
    const char *name; /* of the Debian source package */
    const char *version;
};

/* The three providers, NULL-terminated: for programs that must be one file. */
extern ens_provider_entry_fn *const ens_builtin_providers[];

/* For ens_registry_new(): the built-in providers in a static program, else NULL. */
extern ens_provider_entry_fn *const *const ens_linked_providers;

extern const struct ens_linked_library *const ens_linked_libraries;
extern const size_t ens_linked_library_count; /* 0: they are those of the system */

/* The first call of main(), before there are threads. In a static program it keeps the C library
 * and OpenSSL from loading shared objects of the host. */
void ens_linked_begin(void);

#endif
