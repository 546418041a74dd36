/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/provider_check.h"
#include "loader/provider_search.h"

#define NOTE_MAX ((size_t)64 * 1024)

static void add_statics(const struct ens_registry_search *search,
                        ens_provider_entry_fn *const *statics)
{
    static const char origin[] = "this program";

    for (; statics != NULL && *statics != NULL; statics++) {
        const struct ens_provider *provider = NULL;
        size_t before = search->diags == NULL ? 0 : search->diags->count;
        ens_rc rc = ens_provider_ask(*statics, origin, &provider, search->diags);
        if (rc == ENS_OK) {
            rc = ens_registry_add(search->registry, provider, origin, search->diags);
        }
        if (rc != ENS_OK) {
            ens_registry_downgrade_errors(search->diags, before);
        }
    }
}

ens_rc ens_registry_new(ens_provider_entry_fn *const *statics,
                        const struct ens_environment *environment, const struct ens_log *log,
                        struct ens_registry **ret, struct ens_diags *diags)
{
    ENS_AUTO_DIAGS warnings = {0};
    ENS_AUTO_BUF looked_in = ens_buf_new(NOTE_MAX);
    const struct ens_registry_search search = {.registry = ens_registry_empty(),
                                               .environment = environment,
                                               .log = log,
                                               .looked_in = &looked_in,
                                               .diags = &warnings};

    add_statics(&search, statics);
    ens_registry_search(&search);
    ens_registry_keep_warnings(search.registry, &warnings);
    if (ens_registry_count(search.registry) == 0) {
        ens_registry_add_reasons(search.registry, &looked_in);
        ens_registry_free(search.registry);
        return ens_fail(diags, ENS_NOT_FOUND, NULL, "no cloud provider was found; looked in %s",
                        ens_buf_text(&looked_in));
    }
    *ret = search.registry;
    return ENS_OK;
}
