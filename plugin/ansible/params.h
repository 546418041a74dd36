/* SPDX-License-Identifier: Apache-2.0 */
/* The parameters of each module, as tables: their names, types, and places in struct ens_args. */
#ifndef ENSURE_ANSIBLE_PARAMS_H
#define ENSURE_ANSIBLE_PARAMS_H

#include <stdbool.h>
#include <stddef.h>

enum ens_module {
    ENS_MODULE_INSTANCE_RUNNING,
    ENS_MODULE_INSTANCE_INFO,
};
#define ENS_MODULE_COUNT 2

enum ens_param_type {
    ENS_PARAM_TEXT,
    ENS_PARAM_URL,
    ENS_PARAM_SECRET,
    ENS_PARAM_TEXTS,    /* struct ens_texts */
    ENS_PARAM_STATUSES, /* bits, as in struct ens_selector */
    ENS_PARAM_TAGS,     /* of args.selector */
    ENS_PARAM_LIMIT,    /* size_t; 0: not given */
    ENS_PARAM_DURATION, /* ms */
    ENS_PARAM_SECONDS,
    ENS_PARAM_BOOL,
    ENS_PARAM_DICTIONARY,
    ENS_PARAM_POLICY, /* struct ens_policy, a dictionary of guards */
    ENS_PARAM_GUARD,
};

struct ens_param {
    const char *name; /* NULL ends a table */
    enum ens_param_type type;
    bool required;
    size_t offset;                  /* in struct ens_args */
    const struct ens_param *nested; /* of a dictionary */
};

/* Every parameter of the module, in the order of its documentation. */
const struct ens_param *ens_module_params(enum ens_module module);

/* NULL: the table has no parameter of that name. */
const struct ens_param *ens_param_find(const struct ens_param *table, const char *name);

#endif
