/* SPDX-License-Identifier: Apache-2.0 */
#include "lister.h"

#include <stdio.h>

#include "loader/registry.h"
#include "os/os.h"

__attribute__((visibility("default"))) int list_providers(void)
{
    struct ens_registry *registry = NULL;
    ENS_AUTO_DIAGS diags = {0};

    ens_rc rc = ens_registry_new(NULL, &ens_os_environment, NULL, &registry, &diags);
    for (size_t i = 0; rc == ENS_OK && i < ens_registry_count(registry); i++) {
        (void)printf("provider %s %s\n", ens_registry_at(registry, i)->name,
                     ens_registry_origin(registry, i));
    }
    if (rc == ENS_OK) {
        ens_diags_append(&diags, ens_registry_warnings(registry));
    }
    for (size_t i = 0; i < diags.count; i++) {
        (void)printf("%s %s: %s\n", diags.items[i].severity == ENS_ERROR ? "error" : "warning",
                     diags.items[i].where, diags.items[i].summary);
    }
    ens_registry_free(registry);
    return rc == ENS_OK ? 0 : 1;
}
