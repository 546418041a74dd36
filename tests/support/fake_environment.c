/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fake_environment.h"

#include <string.h>

static const char *get(void *ud, const char *name)
{
    const char *value = NULL;

    for (const struct variable *row = ud; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0) {
            value = row->value;
        }
    }
    return value != NULL && value[0] != '\0' ? value : NULL;
}

struct ens_environment fake_environment(const struct variable *variables)
{
    return (struct ens_environment){.get = get, .ud = (void *)(uintptr_t)variables};
}
