/* SPDX-License-Identifier: Apache-2.0 */
/* ListResource: streams the instances that a selector finds, each with its identity and, if it is
 * asked for, the state that an import would give it. Diagnostics are in the last event. */
#include <tfplugin6.pb-c.h>

#include "core/plain.h"
#include "terraform/find.h"
#include "terraform/handlers.h"
#include "terraform/identity.h"
#include "terraform/wire.h"

#define DISPLAY_NAME_MAX ((size_t)256) /* bytes */

struct listing {
    struct ens_tf_call call;
    struct ens_tf_find find;
    struct ens_selector selector;
    const struct ens_tf_schema *resource; /* that is listed */
    bool with_object;
};

static void complete(struct listing *listing)
{
    Tfplugin6__ListResource__Event event = TFPLUGIN6__LIST_RESOURCE__EVENT__INIT;
    const struct ens_tf_call *call = &listing->call;

    event.diagnostic = call->diags.items;
    event.n_diagnostic = call->diags.count;
    if (event.n_diagnostic > 0) {
        ens_rpc_call_reply(call->rpc, &event.base);
    } else {
        ens_rpc_call_finish(call->rpc, ENS_RPC_OK, NULL);
    }
}

/* The name on one line, because Terraform prints a table; the id of an instance without a name. */
static char *display_name(struct ens_arena *arena, const struct ens_finding *finding)
{
    const ens_str name = ens_cloud_text(arena, finding->name, DISPLAY_NAME_MAX);

    return ens_tf_wire_text(arena, name.len > 0 ? name : finding->target.id);
}

static void on_found(struct ens_tf_find *find, const struct ens_finding *finding)
{
    const struct listing *listing = find->ud;
    Tfplugin6__ListResource__Event event = TFPLUGIN6__LIST_RESOURCE__EVENT__INIT;
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const struct ens_value object = ens_tf_show(arena, listing->resource->attributes, finding);

    event.identity = ens_tf_identity_to_wire(arena, listing->resource, &object);
    event.display_name = display_name(arena, finding);
    if (listing->with_object) {
        event.resource_object = ens_tf_wire_value(arena, &object);
    }
    ens_rpc_call_send(listing->call.rpc, &event.base);
}

static void on_all_found(struct ens_tf_find *find)
{
    complete(find->ud);
}

/* Reads the configuration; false, with a diagnostic in call: nothing can be asked. */
static bool prepare(struct listing *listing, const Tfplugin6__ListResource__Request *in)
{
    struct ens_tf_call *call = &listing->call;
    struct ens_value config;

    if (!ens_tf_call_value(call, in->config, &config)) {
        return false;
    }
    if (config.kind != ENS_VALUE_MAP) {
        ens_tf_diags_add(&call->diags, ENS_ERROR, NULL, ENS_STR("No config block"),
                         ENS_STR("The list needs config { cloud, region, ... }."));
        return false;
    }
    if (!ens_tf_call_selector(call, &config, &listing->selector) ||
        !ens_tf_call_may_ask(call, listing->selector.cloud, ens_value_known(&config))) {
        return false;
    }
    /* Terraform's limit has no maximum; a find has one of its own. */
    if (in->limit > 0 && in->limit <= ENS_SELECTOR_LIMIT_MAX) {
        listing->selector.limit = (size_t)in->limit;
    }
    return true;
}

void ens_tf_list_resource(void *ud, struct ens_rpc_call *rpc, const ProtobufCMessage *request)
{
    const Tfplugin6__ListResource__Request *in = (const Tfplugin6__ListResource__Request *)request;
    struct listing *listing = ens_arena_alloc(ens_rpc_call_arena(rpc), sizeof(*listing));

    listing->call = ens_tf_call_begin(ud, rpc, ENS_TF_LIST, in->type_name);
    if (!prepare(listing, in)) {
        complete(listing);
        return;
    }
    listing->resource = ens_tf_schema_find(ENS_TF_RESOURCE, ens_str_of(in->type_name));
    listing->with_object = in->include_resource_object;
    listing->find.call = &listing->call;
    listing->find.selector = &listing->selector;
    listing->find.found = on_found;
    listing->find.done = on_all_found;
    listing->find.ud = listing;
    listing->find.streams = true;
    ens_tf_find_run(&listing->find);
}
