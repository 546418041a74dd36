/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A static program must not load shared objects of the host: they bring the host's C library into
 * a process that has another one inside, which ends in a crash. Three parts of it would:
 *
 *   - the name service switch of the C library, for every source in /etc/nsswitch.conf that is not
 *     built in (myhostname, mdns4_minimal, resolve)
 *   - OpenSSL, for providers and engines that its configuration file names
 *   - any other caller of dlopen()
 */
#include "linked/linked.h"

#include <dlfcn.h>
#include <nss.h>
#include <openssl/crypto.h>

static const struct ens_linked_library libraries[] = {
#define X(name, version) {name, version},
#include "linked_versions.inc"
#undef X
};

ens_provider_entry_fn *const *const ens_linked_providers = ens_builtin_providers;
const struct ens_linked_library *const ens_linked_libraries = libraries;
const size_t ens_linked_library_count = sizeof(libraries) / sizeof(libraries[0]);

/* Takes the place of the C library's function when the program is linked. */
void *dlopen(const char *file, int mode)
{
    (void)file;
    (void)mode;
    return NULL;
}

void ens_linked_begin(void)
{
    static const char *const databases[] = {"passwd",    "group",    "services",
                                            "protocols", "networks", "initgroups"};

    (void)__nss_configure_lookup("hosts", "files dns");
    for (size_t i = 0; i < sizeof(databases) / sizeof(databases[0]); i++) {
        (void)__nss_configure_lookup(databases[i], "files");
    }
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}
