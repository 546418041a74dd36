/*
 * The functions that rows of the schema point to: checks of what a person wrote, values that a plan
 * can tell, and values that a report gives.
 */
#ifndef ENSURE_TERRAFORM_FIELDS_H
#define ENSURE_TERRAFORM_FIELDS_H

#include "terraform/schema.h"

ens_tf_check_fn ens_tf_check_cloud;
ens_tf_check_fn ens_tf_check_region;
ens_tf_check_fn ens_tf_check_instance_id;
ens_tf_check_fn ens_tf_check_duration; /* above zero, at most ENS_TIMEOUT_MAX_MS */
ens_tf_check_fn ens_tf_check_preflight;
ens_tf_check_fn ens_tf_check_endpoint;

ens_tf_plan_fn ens_tf_plan_target;     /* cloud/region/instance-id */
ens_tf_plan_fn ens_tf_plan_target_set; /* cloud/region/hash of the ids */
ens_tf_plan_fn ens_tf_plan_running;
ens_tf_plan_fn ens_tf_plan_all_running;

/* Of the first instance. */
ens_tf_fill_fn ens_tf_fill_target;
ens_tf_fill_fn ens_tf_fill_status;
ens_tf_fill_fn ens_tf_fill_provider_status;
ens_tf_fill_fn ens_tf_fill_action;
ens_tf_fill_fn ens_tf_fill_confidence;
ens_tf_fill_fn ens_tf_fill_reason;
ens_tf_fill_fn ens_tf_fill_message;
ens_tf_fill_fn ens_tf_fill_advice;
ens_tf_fill_fn ens_tf_fill_provider_code;
ens_tf_fill_fn ens_tf_fill_http_status;
ens_tf_fill_fn ens_tf_fill_request_id;
ens_tf_fill_fn ens_tf_fill_start_request_id;

/* Of all. */
ens_tf_fill_fn ens_tf_fill_statuses;
ens_tf_fill_fn ens_tf_fill_none_refused;

#endif
