/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a handler works with: the provider as it is configured, and the call that it answers.
 *
 * Threads: the provider is touched on the server's thread only; a call belongs to the engine's
 * thread from the moment its job was submitted (job.h).
 */
#ifndef ENSURE_TERRAFORM_CALL_CONTEXT_H
#define ENSURE_TERRAFORM_CALL_CONTEXT_H

#include "engine/engine.h"
#include "rpc/server.h"
#include "terraform/diagnostics.h"
#include "terraform/preflight.h"

struct Tfplugin6__DynamicValue;

#define ENS_TF_CLOUDS_MAX 8 /* that the provider block has settings for */

struct ens_terraform {
    struct ens_engine *engine;
    const struct ens_log *log;
    struct ens_arena *arena;
    const ProtobufCMessage *schema_reply; /* to GetProviderSchema: the same for every call */

    enum ens_tf_preflight preflight;
    /* Clouds whose settings are not known yet: nothing may be asked of them, since it would be
     * asked with other keys than the ones meant. */
    const char *unknown_clouds[ENS_TF_CLOUDS_MAX];
    size_t unknown_count;
    bool stopped; /* StopProvider was called, and ConfigureProvider not since */
};

/* One call under way: who asked, about which block, and what there is to tell. */
struct ens_tf_call {
    struct ens_terraform *tf;
    struct ens_rpc_call *rpc;
    struct ens_arena *arena; /* the call's */
    const struct ens_tf_schema *schema;
    struct ens_tf_diags diags;
};

/* schema is NULL, with a diagnostic, when the provider has no such type. */
struct ens_tf_call ens_tf_call_begin(struct ens_terraform *tf, struct ens_rpc_call *rpc,
                                     enum ens_tf_kind kind, const char *type_name);

/* Decodes a value of the call's block; false, with a diagnostic, when it can't be. */
bool ens_tf_call_value(struct ens_tf_call *call, const struct Tfplugin6__DynamicValue *wire,
                       struct ens_value *ret);

/* Decodes a configuration and checks what a person wrote in it, with diagnostics in call. Nothing
 * is asked of any cloud, and what is unknown passes. */
void ens_tf_call_validate(struct ens_tf_call *call, const struct Tfplugin6__DynamicValue *wire,
                          struct ens_value *ret);

/* Decodes an action's configuration and reads its targets; false, with a diagnostic, when that
 * can't be done. */
bool ens_tf_call_action(struct ens_tf_call *call, const struct Tfplugin6__DynamicValue *wire,
                        struct ens_value *ret_config, struct ens_tf_targets *ret);

/* What object names, with its diagnostics in call; false: there were errors. */
bool ens_tf_call_targets(struct ens_tf_call *call, const struct ens_value *object,
                         struct ens_tf_targets *ret);

/* Whether the provider block's settings of the cloud are not known yet. */
bool ens_tf_settings_unknown(const struct ens_terraform *tf, ens_str cloud);

/* The region of a block whose configuration leaves it out: the provider block's, unknown where that
 * is not known yet, else null. */
struct ens_value ens_tf_default_region(struct ens_terraform *tf, struct ens_arena *arena,
                                       const struct ens_value *cloud);

/* Sets the region of a configuration that leaves it out to that one. */
void ens_tf_call_fill_region(struct ens_tf_call *call, struct ens_value *object);

#endif
