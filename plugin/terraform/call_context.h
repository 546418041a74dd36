/* SPDX-License-Identifier: Apache-2.0 */
/*
 * State of the handlers: the configured provider, and the call that is being handled.
 *
 * Threads: the provider is used on the server's thread only, but for `stopped`; a call is owned by
 * the engine's thread once its job is submitted (job.h).
 */
#ifndef ENSURE_TERRAFORM_CALL_CONTEXT_H
#define ENSURE_TERRAFORM_CALL_CONTEXT_H

#include <stdatomic.h>

#include "engine/engine.h"
#include "rpc/server.h"
#include "terraform/diagnostics.h"
#include "terraform/json.h"
#include "terraform/preflight.h"
#include "terraform/selector.h"

struct Tfplugin6__ClientCapabilities;
struct Tfplugin6__Deferred;
struct Tfplugin6__DynamicValue;
struct Tfplugin6__RawState;

#define ENS_TF_CLOUDS_MAX 8 /* clouds with settings in the provider block */

struct ens_terraform {
    struct ens_engine *engine;
    const struct ens_clock *clock;
    const struct ens_log *log;
    struct ens_arena *arena;
    const ProtobufCMessage *schema_reply; /* to GetProviderSchema; built once */

    enum ens_tf_preflight preflight;
    bool preflight_unknown; /* then preflight is off */
    bool policy_unknown;    /* in part; the guards that are known are in force */
    /* Clouds whose settings have unknown values. No request is sent to them, because it would be
     * signed with other keys than the configured ones. */
    const char *unknown_clouds[ENS_TF_CLOUDS_MAX];
    size_t unknown_count;
    /* StopProvider was called, and ConfigureProvider not since; written on the server's thread. */
    atomic_bool stopped;
};

/* A call in progress: its RPC, the block it is about, and the diagnostics of its reply. */
struct ens_tf_call {
    struct ens_terraform *tf;
    struct ens_rpc_call *rpc;
    struct ens_arena *arena; /* the call's */
    const struct ens_tf_schema *schema;
    struct ens_tf_diags diags;
};

/* Initialises a call. schema is NULL, with a diagnostic, if the provider has no such type. */
struct ens_tf_call ens_tf_call_begin(struct ens_terraform *tf, struct ens_rpc_call *rpc,
                                     enum ens_tf_kind kind, const char *type_name);

/* Decodes a value with the attributes of the rows; false, with a diagnostic, if it does not fit
 * them. NULL is null. */
bool ens_tf_call_decode(struct ens_tf_call *call, const struct ens_tf_attribute *rows,
                        const struct Tfplugin6__DynamicValue *wire, struct ens_value *ret);

/* Decodes a value of the call's block. */
bool ens_tf_call_value(struct ens_tf_call *call, const struct Tfplugin6__DynamicValue *wire,
                       struct ens_value *ret);

/* Decodes what a state file holds; false, with a diagnostic, if it is of another version than 0 or
 * does not fit the rows. */
bool ens_tf_call_stored(struct ens_tf_call *call, enum ens_tf_json_kind kind,
                        const struct ens_tf_attribute *rows, int64_t version,
                        const struct Tfplugin6__RawState *raw, struct ens_value *ret);

/* Decodes and validates a configuration, with diagnostics in call. Sends no request; unknown values
 * are valid. */
void ens_tf_call_validate(struct ens_tf_call *call, const struct Tfplugin6__DynamicValue *wire,
                          struct ens_value *ret);

/* Decodes an action's configuration and reads its targets; false, with a diagnostic, if that fails.
 */
bool ens_tf_call_action(struct ens_tf_call *call, const struct Tfplugin6__DynamicValue *wire,
                        struct ens_value *ret_config, struct ens_tf_targets *ret);

/* Reads the targets of a block, with diagnostics in call; false: there were errors. */
bool ens_tf_call_targets(struct ens_tf_call *call, const struct ens_value *object,
                         struct ens_tf_targets *ret);

/* Reads the selector of a block (selector.h), with diagnostics in call; false: there were errors.
 */
bool ens_tf_call_selector(struct ens_tf_call *call, const struct ens_value *object,
                          struct ens_selector *ret);

/* Whether the provider block's settings of the cloud have unknown values. */
bool ens_tf_settings_unknown(const struct ens_terraform *tf, ens_str cloud);

/* Whether starts are planned with the clouds: not if preflight is off, unless there are guards,
 * which it does not soften. */
bool ens_tf_call_plans(const struct ens_tf_call *call);

/* Whether the cloud can be asked now; false, with a diagnostic in call: values of the block (known
 * is false) or the provider block's settings of the cloud are unknown. */
bool ens_tf_call_may_ask(struct ens_tf_call *call, ens_str cloud, bool known);

/* The deferral of a call for which values of the provider block, or else of the call's own block,
 * are unknown. NULL: neither, or the host does not accept deferrals. */
struct Tfplugin6__Deferred *ens_tf_call_deferred(const struct ens_tf_call *call,
                                                 const struct Tfplugin6__ClientCapabilities *host,
                                                 bool provider_unknown, bool block_unknown);

/* The region of a block that does not set one: that of the provider block, which may be unknown;
 * null if there is none. */
struct ens_value ens_tf_default_region(struct ens_terraform *tf, struct ens_arena *arena,
                                       const struct ens_value *cloud);

/* Sets the region of a block to the default region if it is null. */
void ens_tf_call_fill_region(struct ens_tf_call *call, struct ens_value *object);

#endif
