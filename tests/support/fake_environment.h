/* SPDX-License-Identifier: Apache-2.0 */
/* An environment that consists of the given variables only. */
#ifndef ENSURE_TESTS_FAKE_ENVIRONMENT_H
#define ENSURE_TESTS_FAKE_ENVIRONMENT_H

#include "base/host.h"

struct variable {
    const char *name;
    const char *value; /* "" counts as not set */
};

/* variables ends with a row whose name is NULL; borrowed. */
struct ens_environment fake_environment(const struct variable *variables);

#endif
