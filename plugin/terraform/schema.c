/* SPDX-License-Identifier: Apache-2.0 */
#include "terraform/schema.h"

#include <string.h>

#include "core/policy.h"
#include "credentials/settings.h"

/* ---- rows shared by several blocks ---------------------------------------------------------- */

#define CLOUD_DESCRIPTION                                                                          \
    "The cloud: `volcengine`, `alibaba`, `baidu`, or another one that a provider module is "       \
    "installed for."
#define REGION_DESCRIPTION                                                                         \
    "The region, such as `cn-beijing`. Default: the `region` of the cloud's settings in the "      \
    "provider block."

#define CLOUD(more)                                                                                \
    {                                                                                              \
        .name = "cloud", .type = ENS_TF_STRING, .flags = ENS_TF_REQUIRED | (more),                 \
        .description = CLOUD_DESCRIPTION, .check = ens_tf_check_cloud, .show = ens_tf_show_cloud   \
    }
#define REGION(more)                                                                               \
    {                                                                                              \
        .name = "region", .type = ENS_TF_STRING, .flags = ENS_TF_OPTIONAL | (more),                \
        .description = REGION_DESCRIPTION, .check = ens_tf_check_region,                           \
        .show = ens_tf_show_region                                                                 \
    }
#define INSTANCE_ID(more)                                                                          \
    {                                                                                              \
        .name = "instance_id", .type = ENS_TF_STRING, .flags = ENS_TF_REQUIRED | (more),           \
        .description = "The instance's id, such as `i-bp67acfmxazb4p0001`.",                       \
        .check = ens_tf_check_instance_id, .show = ens_tf_show_instance_id                         \
    }
#define INSTANCE_IDS                                                                               \
    {                                                                                              \
        .name = "instance_ids", .type = ENS_TF_STRING_SET, .flags = ENS_TF_REQUIRED,               \
        .description = "The instances' ids, 1 to 1000.", .check = ens_tf_check_instance_id,        \
        .items_max = ENS_TF_INSTANCES_MAX                                                          \
    }
#define END                                                                                        \
    {                                                                                              \
        .name = NULL                                                                               \
    }

static const struct ens_tf_attribute timeouts[] = {
    {.name = "create",
     .type = ENS_TF_STRING,
     .flags = ENS_TF_OPTIONAL,
     .description = "How long a first apply may take, waiting included, such as `10m`. Default: "
                    "10 minutes, at most 24 hours.",
     .check = ens_tf_check_duration},
    {.name = "update",
     .type = ENS_TF_STRING,
     .flags = ENS_TF_OPTIONAL,
     .description = "The same for later applies.",
     .check = ens_tf_check_duration},
    END,
};

#define TIMEOUTS                                                                                   \
    {                                                                                              \
        .name = "timeouts", .type = ENS_TF_BLOCK, .flags = ENS_TF_OPTIONAL,                        \
        .description = "How long the work may take.", .nested = timeouts                           \
    }

/* ---- provider ------------------------------------------------------------------------------- */

#define SETTING(member, more, checker, text)                                                       \
    {                                                                                              \
        .name = #member, .type = ENS_TF_STRING,                                                    \
        .flags = ENS_TF_OPTIONAL | ENS_TF_EMPTY_IS_UNSET | (more), .description = (text),          \
        .check = (checker), .setting = offsetof(struct ens_cloud_settings, member)                 \
    }

#define DURATION(block)                                                                            \
    {                                                                                              \
        .name = "duration_seconds", .type = ENS_TF_NUMBER, .flags = ENS_TF_OPTIONAL,               \
        .description = "How many seconds the keys are to live, 900 to 43200, before they are "     \
                       "renewed. Default: 3600.",                                                  \
        .least = ENS_ROLE_DURATION_MIN_S, .most = ENS_ROLE_DURATION_MAX_S,                         \
        .setting = offsetof(struct ens_cloud_settings, block.duration_s)                           \
    }
#define IN_BLOCK(block, member, more, text)                                                        \
    {                                                                                              \
        .name = #member, .type = ENS_TF_STRING,                                                    \
        .flags = ENS_TF_OPTIONAL | ENS_TF_EMPTY_IS_UNSET | (more), .description = (text),          \
        .setting = offsetof(struct ens_cloud_settings, block.member)                               \
    }
#define ROLE_DESCRIPTION                                                                           \
    "The role: an ARN (Alibaba Cloud), a TRN (Volcengine), or `ACCOUNT_ID/ROLE` (Baidu)."
#define SESSION_DESCRIPTION                                                                        \
    "Name under which the cloud records the calls. Default: the vendor's variable, else `ensure`."

static const struct ens_tf_attribute assume_role[] = {
    IN_BLOCK(assume_role, role, 0, ROLE_DESCRIPTION),
    IN_BLOCK(assume_role, session_name, 0, SESSION_DESCRIPTION),
    DURATION(assume_role),
    IN_BLOCK(assume_role, policy, 0, "What the keys may do at most, as JSON."),
    IN_BLOCK(assume_role, external_id, 0, "External id that the role demands; Baidu has none."),
    END,
};

static const struct ens_tf_attribute assume_role_with_oidc[] = {
    IN_BLOCK(assume_role_with_oidc, role, 0, ROLE_DESCRIPTION " Default: the vendor's variable."),
    IN_BLOCK(assume_role_with_oidc, provider, 0,
             "ARN of the identity provider (Alibaba Cloud). Default: the vendor's variable."),
    IN_BLOCK(assume_role_with_oidc, token, ENS_TF_SENSITIVE,
             "The identity token itself. Without it and `token_file`, the variables of CI systems "
             "are looked at."),
    IN_BLOCK(assume_role_with_oidc, token_file, 0,
             "File that holds the identity token; read again at each renewal."),
    IN_BLOCK(assume_role_with_oidc, session_name, 0, SESSION_DESCRIPTION),
    DURATION(assume_role_with_oidc),
    IN_BLOCK(assume_role_with_oidc, policy, 0, "What the keys may do at most, as JSON."),
    END,
};

static const struct ens_tf_attribute cloud_settings[] = {
    SETTING(access_key, ENS_TF_SENSITIVE, NULL, "Access key id. Needs `secret_key`."),
    SETTING(secret_key, ENS_TF_SENSITIVE, NULL, "Secret access key. Needs `access_key`."),
    SETTING(security_token, ENS_TF_SENSITIVE, NULL,
            "Security token that goes with temporary keys."),
    SETTING(profile, 0, NULL,
            "Profile of the cloud's own command line to take the credentials from."),
    SETTING(region, 0, ens_tf_check_region, "Region of blocks that name none."),
    SETTING(endpoint, 0, ens_tf_check_endpoint,
            "Where the cloud's API is, as `scheme://host[:port]`. Default: by the region."),
    {.name = "assume_role",
     .type = ENS_TF_OBJECT,
     .flags = ENS_TF_OPTIONAL,
     .description = "A role to assume with whatever keys were found. It needs `role`.",
     .nested = assume_role},
    {.name = "assume_role_with_oidc",
     .type = ENS_TF_OBJECT,
     .flags = ENS_TF_OPTIONAL,
     .description = "A role to assume with an identity token, in place of other keys (Volcengine "
                    "and Alibaba Cloud).",
     .nested = assume_role_with_oidc},
    SETTING(metadata_role, 0, NULL,
            "Role of the machine, whose keys the metadata service is asked for."),
    END,
};

#define CLOUD_SETTINGS(cloud, title)                                                               \
    {                                                                                              \
        .name = (cloud), .type = ENS_TF_OBJECT, .flags = ENS_TF_OPTIONAL | ENS_TF_CLOUD,           \
        .description =                                                                             \
            "Settings of " title ". The keys come from one of `access_key`, "                      \
            "`assume_role_with_oidc`, `profile` and `metadata_role`; where none is set, from the " \
            "environment, the profile file of the cloud's own command line, or the metadata "      \
            "service of the machine.",                                                             \
        .nested = cloud_settings                                                                   \
    }

#define PATTERN                                                                                    \
    "`cloud/region/instance-id`, where `*` matches any run of characters within a segment"

static const struct ens_tf_attribute policy[] = {
    {.name = "max_starts",
     .type = ENS_TF_NUMBER,
     .flags = ENS_TF_OPTIONAL,
     .description = "How many starts one process of the provider plans or sends at most; those "
                    "beyond are refused.",
     .least = 0,
     .most = ENS_STARTS_MAX},
    {.name = "allow",
     .type = ENS_TF_STRING_SET,
     .flags = ENS_TF_OPTIONAL,
     .description = "Only instances that match one of these patterns may be started: " PATTERN ".",
     .check = ens_tf_check_pattern},
    {.name = "deny",
     .type = ENS_TF_STRING_SET,
     .flags = ENS_TF_OPTIONAL,
     .description = "No instance that matches one of these patterns may be started. Takes "
                    "precedence over `allow`.",
     .check = ens_tf_check_pattern},
    {.name = "min_confidence",
     .type = ENS_TF_STRING,
     .flags = ENS_TF_OPTIONAL | ENS_TF_EMPTY_IS_UNSET,
     .description = "What a start must rest on at least: `unverified`, `simulated` or `validated` "
                    "(the cloud's own dry run passed).",
     .check = ens_tf_check_min_confidence},
    {.name = "audit_required",
     .type = ENS_TF_BOOL,
     .flags = ENS_TF_OPTIONAL,
     .description = "Whether starts need an audit log (`ENSURE_AUDIT_LOG`)."},
    END,
};

static const struct ens_tf_attribute provider[] = {
    {.name = "preflight",
     .type = ENS_TF_STRING,
     .flags = ENS_TF_OPTIONAL | ENS_TF_EMPTY_IS_UNSET,
     .description =
         "What it means at plan that a start would be refused: `enforce` (default), an "
         "error; `warn`, a warning; `off`, no dry run is asked. It never softens a guard.",
     .check = ens_tf_check_preflight},
    {.name = "policy",
     .type = ENS_TF_OBJECT,
     .flags = ENS_TF_OPTIONAL,
     .description =
         "Guards: what may be started. They hold together with those of "
         "`/etc/ensure/policy.json` and of the file that `ENSURE_POLICY` names; none can "
         "loosen another. A start that one refuses is an error at plan.",
     .nested = policy},
    CLOUD_SETTINGS("volcengine", "Volcengine"),
    CLOUD_SETTINGS("alibaba", "Alibaba Cloud"),
    CLOUD_SETTINGS("baidu", "Baidu AI Cloud"),
    END,
};

/* ---- resources ------------------------------------------------------------------------------ */

static const struct ens_tf_attribute instance_running[] = {
    {.name = "id",
     .type = ENS_TF_STRING,
     .flags = ENS_TF_COMPUTED | ENS_TF_STABLE,
     .description = "`cloud/region/instance-id`.",
     .plan = ens_tf_plan_target,
     .show = ens_tf_show_target},
    CLOUD(ENS_TF_REPLACES),
    REGION(ENS_TF_COMPUTED | ENS_TF_REPLACES),
    INSTANCE_ID(ENS_TF_REPLACES),
    {.name = "status",
     .type = ENS_TF_STRING,
     .flags = ENS_TF_COMPUTED,
     .description = "`running`, also while the instance is starting by itself. Any other word "
                    "(`stopped`, `stopping`, `busy`, `failed`, `deleting`, `unknown`) is drift.",
     .plan = ens_tf_plan_running,
     .fill = ens_tf_fill_status,
     .show = ens_tf_show_settled_status},
    {.name = "provider_status",
     .type = ENS_TF_STRING,
     .flags = ENS_TF_COMPUTED,
     .description = "The cloud's own word for the status.",
     .fill = ens_tf_fill_provider_status,
     .show = ens_tf_show_provider_status},
    {.name = "start_request_id",
     .type = ENS_TF_STRING,
     .flags = ENS_TF_COMPUTED,
     .description = "The cloud's id of the request that started the instance; empty when no start "
                    "was needed.",
     .fill = ens_tf_fill_start_request_id,
     .show = ens_tf_show_start_request_id},
    TIMEOUTS,
    END,
};

static const struct ens_tf_attribute instance_identity[] = {
    CLOUD(0),
    {.name = "region",
     .type = ENS_TF_STRING,
     .flags = ENS_TF_REQUIRED,
     .description = "The region, such as `cn-beijing`."},
    INSTANCE_ID(0),
    END,
};

static const struct ens_tf_attribute instances_running[] = {
    {.name = "id",
     .type = ENS_TF_STRING,
     .flags = ENS_TF_COMPUTED | ENS_TF_STABLE,
     .description = "`cloud/region/` and a hash of the first set of ids.",
     .plan = ens_tf_plan_target_set},
    CLOUD(ENS_TF_REPLACES),
    REGION(ENS_TF_COMPUTED | ENS_TF_REPLACES),
    INSTANCE_IDS,
    {.name = "statuses",
     .type = ENS_TF_STRING_MAP,
     .flags = ENS_TF_COMPUTED,
     .description = "Status of each instance by its id, in the words of `ensure_instance_running`; "
                    "one that is gone is `absent`.",
     .plan = ens_tf_plan_all_running,
     .fill = ens_tf_fill_statuses},
    TIMEOUTS,
    END,
};

/* ---- data sources --------------------------------------------------------------------------- */

static const struct ens_tf_attribute instance[] = {
    CLOUD(0),
    REGION(ENS_TF_COMPUTED),
    INSTANCE_ID(0),
    {.name = "status",
     .type = ENS_TF_STRING,
     .flags = ENS_TF_COMPUTED,
     .description = "`running`, `starting`, `stopped`, `stopping`, `busy`, `failed`, `deleting`, "
                    "`absent` or `unknown`.",
     .fill = ens_tf_fill_status},
    {.name = "provider_status",
     .type = ENS_TF_STRING,
     .flags = ENS_TF_COMPUTED,
     .description = "The cloud's own word for the status.",
     .fill = ens_tf_fill_provider_status},
    END,
};

#define RESULT(member, of_type, text)                                                              \
    {                                                                                              \
        .name = #member, .type = (of_type), .flags = ENS_TF_COMPUTED, .description = (text),       \
        .fill = ens_tf_fill_##member                                                               \
    }

static const struct ens_tf_attribute planned_instance[] = {
    RESULT(target, ENS_TF_STRING, "`cloud/region/instance-id`."),
    RESULT(status, ENS_TF_STRING, "As in the data source `ensure_instance`."),
    RESULT(provider_status, ENS_TF_STRING, "The cloud's own word for the status."),
    RESULT(action, ENS_TF_STRING,
           "What an apply would do: `none` (it runs already), `start` (once it has stopped, if it "
           "is stopping or changing), `wait` (it is starting by itself) or `refuse`."),
    RESULT(confidence, ENS_TF_STRING,
           "How sure that is: `validated` (the cloud's own dry run said so), `simulated` (judged "
           "from the state, where the cloud has no dry run), `unverified` (the dry run could not "
           "be asked) or `observed` (the read alone decides)."),
    RESULT(reason, ENS_TF_STRING, "Why, as a stable id, such as `ok` or `insufficient_balance`."),
    RESULT(message, ENS_TF_STRING, "What was found, one sentence."),
    RESULT(advice, ENS_TF_STRING, "What to do, one sentence; empty where nothing is to be done."),
    RESULT(provider_code, ENS_TF_STRING, "The cloud's own error code; empty where there is none."),
    RESULT(http_status, ENS_TF_NUMBER, "Of the reply that decided; 0 when none came."),
    RESULT(request_id, ENS_TF_STRING, "The cloud's id of the request that decided."),
    END,
};

static const struct ens_tf_attribute plan[] = {
    CLOUD(0),
    REGION(ENS_TF_COMPUTED),
    INSTANCE_IDS,
    {.name = "ok",
     .type = ENS_TF_BOOL,
     .flags = ENS_TF_COMPUTED,
     .description = "Whether nothing would be refused.",
     .fill = ens_tf_fill_none_refused},
    {.name = "instances",
     .type = ENS_TF_OBJECT_LIST,
     .flags = ENS_TF_COMPUTED,
     .description = "One object per instance, in byte order of the ids.",
     .nested = planned_instance},
    END,
};

/* The selector of a block, but for its limit: Terraform's list blocks have one of their own. */
#define CONDITIONS                                                                                 \
    CLOUD(0),                                                                                      \
        {.name = "region",                                                                         \
         .type = ENS_TF_STRING,                                                                    \
         .flags = ENS_TF_REQUIRED,                                                                 \
         .description = "The region to look in, such as `cn-beijing`.",                            \
         .check = ens_tf_check_region},                                                            \
        {.name = "status",                                                                         \
         .type = ENS_TF_STRING_SET,                                                                \
         .flags = ENS_TF_OPTIONAL,                                                                 \
         .description = "Instances with one of these statuses: `running`, `starting`, `stopped`, " \
                        "`stopping`, `busy`, `failed`, `deleting`, `unknown`. Default: any."},     \
        {.name = "tags",                                                                           \
         .type = ENS_TF_STRING_MAP,                                                                \
         .flags = ENS_TF_OPTIONAL,                                                                 \
         .description = "Instances with all of these tags, 20 at most."},                          \
        {.name = "name",                                                                           \
         .type = ENS_TF_STRING,                                                                    \
         .flags = ENS_TF_OPTIONAL,                                                                 \
         .description = "Instances with this name; `*` stands for any run of characters, as in "   \
                        "`web-*`."},                                                               \
        {.name = "zone",                                                                           \
         .type = ENS_TF_STRING,                                                                    \
         .flags = ENS_TF_OPTIONAL,                                                                 \
         .description = "Instances in this zone."},                                                \
    {                                                                                              \
        .name = "group", .type = ENS_TF_STRING, .flags = ENS_TF_OPTIONAL,                          \
        .description = "Instances of this project (Volcengine) or resource group (Alibaba Cloud, " \
                       "Baidu AI Cloud), by its name or id as the cloud's list shows it."          \
    }

#define FOUND(member, of_type, text)                                                               \
    {                                                                                              \
        .name = #member, .type = (of_type), .flags = ENS_TF_COMPUTED, .description = (text),       \
        .show = ens_tf_show_##member                                                               \
    }

static const struct ens_tf_attribute found_instance[] = {
    FOUND(target, ENS_TF_STRING, "`cloud/region/instance-id`."),
    FOUND(name, ENS_TF_STRING, "The instance's name."),
    FOUND(status, ENS_TF_STRING, "As in the data source `ensure_instance`, but never `absent`."),
    FOUND(provider_status, ENS_TF_STRING, "The cloud's own word for the status."),
    FOUND(zone, ENS_TF_STRING, "The zone that it is in."),
    FOUND(instance_type, ENS_TF_STRING, "The instance type, such as `ecs.g7.large`."),
    FOUND(charge_type, ENS_TF_STRING, "How it is paid for, in the cloud's own word."),
    FOUND(tags, ENS_TF_STRING_MAP, "Its tags."),
    END,
};

static const struct ens_tf_attribute instances[] = {
    CONDITIONS,
    {.name = "limit",
     .type = ENS_TF_NUMBER,
     .flags = ENS_TF_OPTIONAL,
     .description = "The most instances to find, 1 to 100000. Default: as many as there are."},
    {.name = "instance_ids",
     .type = ENS_TF_STRING_SET,
     .flags = ENS_TF_COMPUTED,
     .description = "The ids of the instances that were found, as `ensure_instances_running` takes "
                    "them."},
    {.name = "instances",
     .type = ENS_TF_OBJECT_LIST,
     .flags = ENS_TF_COMPUTED,
     .description = "One object per instance, in the order of the cloud's list.",
     .nested = found_instance},
    END,
};

/* ---- lists ---------------------------------------------------------------------------------- */

static const struct ens_tf_attribute list_instances[] = {CONDITIONS, END};

/* ---- action --------------------------------------------------------------------------------- */

static const struct ens_tf_attribute start[] = {
    CLOUD(0),
    REGION(0),
    INSTANCE_IDS,
    {.name = "timeout",
     .type = ENS_TF_STRING,
     .flags = ENS_TF_OPTIONAL,
     .description = "How long it may take, waiting included, such as `10m`. Default: 10 minutes, "
                    "at most 24 hours.",
     .check = ens_tf_check_duration},
    END,
};

/* ---- table of the blocks -------------------------------------------------------------------- */

const struct ens_tf_schema ens_tf_schemas[ENS_TF_SCHEMA_COUNT] = {
    {.kind = ENS_TF_PROVIDER,
     .name = "ensure",
     .description = "Makes sure that cloud instances are running (Volcengine ECS, Alibaba Cloud "
                    "ECS, Baidu BCC). `terraform plan` asks the cloud itself whether a start would "
                    "be accepted.",
     .attributes = provider},
    {.kind = ENS_TF_RESOURCE,
     .name = "ensure_instance_running",
     .description = "An instance that is to be running. It is started when it is stopped, and "
                    "never stopped: destroying the resource only forgets the instance.",
     .attributes = instance_running,
     .identity = instance_identity},
    {.kind = ENS_TF_RESOURCE,
     .name = "ensure_instances_running",
     .description = "Instances of one region that are to be running: one resource, full batches.",
     .attributes = instances_running},
    {.kind = ENS_TF_DATA_SOURCE,
     .name = "ensure_instance",
     .description = "The status of an instance.",
     .attributes = instance},
    {.kind = ENS_TF_DATA_SOURCE,
     .name = "ensure_instances",
     .description = "The instances of a region that a selector finds: all conditions that are set "
                    "hold. Finding none is a warning.",
     .attributes = instances,
     .finds = true},
    {.kind = ENS_TF_DATA_SOURCE,
     .name = "ensure_plan",
     .description = "What making sure that instances run would take, asked of the cloud with its "
                    "own dry run where it has one. Nothing is started, and a refusal is no error.",
     .attributes = plan,
     .dry_run = true},
    {.kind = ENS_TF_LIST,
     .name = "ensure_instance_running",
     .description = "The instances of a region that a selector finds, for `terraform query` "
                    "(Terraform 1.14 and newer): all conditions that are set hold.",
     .attributes = list_instances,
     .finds = true},
    {.kind = ENS_TF_ACTION,
     .name = "ensure_start",
     .description = "Starts the instances that are stopped and waits until all run (Terraform 1.14 "
                    "and newer).",
     .attributes = start},
};

const struct ens_tf_schema *const ens_tf_provider_schema = &ens_tf_schemas[0];

const struct ens_tf_schema *ens_tf_schema_find(enum ens_tf_kind kind, ens_str name)
{
    for (size_t i = 0; i < ENS_TF_SCHEMA_COUNT; i++) {
        if (ens_tf_schemas[i].kind == kind && ens_str_is(name, ens_tf_schemas[i].name)) {
            return &ens_tf_schemas[i];
        }
    }
    return NULL;
}
