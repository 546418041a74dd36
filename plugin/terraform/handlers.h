/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers of the service, one per RPC, grouped by source file. */
#ifndef ENSURE_TERRAFORM_HANDLERS_H
#define ENSURE_TERRAFORM_HANDLERS_H

#include "rpc/server.h"

/* get_provider_schema.c */
ens_rpc_handler_fn ens_tf_get_metadata;
ens_rpc_handler_fn ens_tf_get_provider_schema;
ens_rpc_handler_fn ens_tf_get_resource_identity_schemas;
ens_rpc_handler_fn ens_tf_get_functions;
/* Builds the reply to GetProviderSchema in the arena. */
const ProtobufCMessage *ens_tf_schema_reply(struct ens_arena *arena);

/* validate_provider_config.c */
ens_rpc_handler_fn ens_tf_validate_provider_config;

/* validate_resource_config.c */
ens_rpc_handler_fn ens_tf_validate_resource_config;
ens_rpc_handler_fn ens_tf_validate_data_resource_config;
ens_rpc_handler_fn ens_tf_validate_list_resource_config;
ens_rpc_handler_fn ens_tf_validate_action_config;

/* upgrade_resource_state.c */
ens_rpc_handler_fn ens_tf_upgrade_resource_state;
ens_rpc_handler_fn ens_tf_upgrade_resource_identity;

/* Each in the file with its name. */
ens_rpc_handler_fn ens_tf_configure_provider;
ens_rpc_handler_fn ens_tf_stop_provider;
ens_rpc_handler_fn ens_tf_read_resource;
ens_rpc_handler_fn ens_tf_plan_resource_change;
ens_rpc_handler_fn ens_tf_apply_resource_change;
ens_rpc_handler_fn ens_tf_import_resource_state;
ens_rpc_handler_fn ens_tf_move_resource_state;
ens_rpc_handler_fn ens_tf_generate_resource_config;
ens_rpc_handler_fn ens_tf_read_data_source;
ens_rpc_handler_fn ens_tf_list_resource;
ens_rpc_handler_fn ens_tf_plan_action;
ens_rpc_handler_fn ens_tf_invoke_action;

#endif
