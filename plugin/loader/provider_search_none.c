/* SPDX-License-Identifier: Apache-2.0 */
/* The search of a static program: it has its providers inside and loads none. */
#include "loader/provider_search.h"

#define VARIABLE "ENSURE_PROVIDER_PATH"

void ens_registry_search(const struct ens_registry_search *search)
{
    const char *path = search->environment->get(search->environment->ud, VARIABLE);

    ens_buf_add(search->looked_in, ENS_STR("this program"));
    if (path != NULL && path[0] != '\0') {
        ens_diags_add(search->diags, ENS_WARNING, VARIABLE, NULL,
                      "this build has its providers inside and loads none");
    }
}
