/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader for the arguments of a module run, a JSON file that Ansible passes to a compiled module.
 * Ansible validates nothing for such a module, so everything is checked here, with Ansible's type
 * conversions ("yes" is a boolean, "a,b" a list, "30" a number, a JSON text a dictionary). null
 * means not given. Pure.
 */
#ifndef ENSURE_ANSIBLE_ARGS_H
#define ENSURE_ANSIBLE_ARGS_H

#include <stdbool.h>

#include "ansible/params.h"
#include "base/arena.h"
#include "base/diag.h"
#include "core/json.h"
#include "core/policy.h"
#include "core/selector.h"
#include "core/target.h"
#include "credentials/settings.h"

#define ENS_ARGS_MAX ((size_t)16 * 1024 * 1024) /* bytes of an argument file */
#define ENS_MASK     "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"

struct ens_texts {
    ens_str *items;
    size_t count;
    bool given; /* even if empty */
};

/* The arguments; all slices point into the arena. */
struct ens_args {
    enum ens_module module; /* whose they are; it has only some of them */
    ens_str region;
    ens_str instance_id;
    struct ens_texts instance_ids;
    int64_t wait_timeout_ms;            /* 0: not given */
    struct ens_cloud_settings settings; /* of the cloud, which they name */
    bool preflight;
    struct ens_policy policy;

    /* Options of the run, added by Ansible. */
    bool check_mode;
    bool diff;

    struct ens_target_list targets; /* instance_id or instance_ids, each once */
    struct ens_selector selector;   /* of the filters, with cloud and region */
};

/* On failure too, *ret has the arguments that could be read, so that they can be shown. */
ens_rc ens_args_read(struct ens_arena *arena, enum ens_module module, ens_str text,
                     struct ens_args *ret, struct ens_diags *diags) ENS_MUST_USE;

/* Whether a condition of the filters is given. */
bool ens_args_have_filters(const struct ens_args *args);

/* Writes the arguments as "invocation" shows them, defaults included, secrets masked. */
void ens_args_write(struct ens_json *json, const struct ens_args *args);

#endif
