/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud.h"

struct cloud_words {
    const char *name;
    const char *states[4]; /* by enum emu_state */
    const char *statuses[24];
    const char *status_list;
    const char *actions[EMU_SERVICES][6];
    const char *deniable_list;
};

/* Baidu's calls have no action names. Those of its API are, in order: PUT /v2/instance/ID?start,
 * PUT /v2/instance/batchAction?start, GET /v2/instance/ID, POST /v2/instance/listByInstanceId and
 * GET /v2/instance. The calls of the metadata services have no names either. */
static const struct cloud_words clouds[EMU_CLOUDS] = {
    [EMU_VOLCENGINE] =
        {
            .name = "volcengine",
            .states = {"STOPPED", "STARTING", "RUNNING", "ERROR"},
            .statuses = {"CREATING", "RUNNING", "STARTING", "STOPPED", "STOPPING", "REBOOTING",
                         "REBUILDING", "RESIZING", "ERROR", "DELETING"},
            .status_list = "CREATING, RUNNING, STARTING, STOPPED, STOPPING, REBOOTING, REBUILDING, "
                           "RESIZING, ERROR, DELETING",
            .actions = {[EMU_API] = {"StartInstance", "StartInstances", "DescribeInstances"},
                        [EMU_STS] = {"AssumeRole", "AssumeRoleWithOIDC", "GetCallerIdentity"},
                        [EMU_METADATA] = {"PutToken", "ListRoles", "GetCredentials"},
                        [EMU_GITHUB_OIDC] = {"GetToken"}},
            .deniable_list = "StartInstance, StartInstances, DescribeInstances, AssumeRole, "
                             "GetCallerIdentity",
        },
    [EMU_ALIBABA] =
        {
            .name = "alibaba",
            .states = {"Stopped", "Starting", "Running", NULL},
            .statuses = {"Pending", "Running", "Starting", "Stopping", "Stopped"},
            .status_list = "Pending, Running, Starting, Stopping, Stopped",
            .actions = {[EMU_API] = {"StartInstance", "StartInstances", "DescribeInstances",
                                     "DescribeInstanceStatus"},
                        [EMU_STS] = {"AssumeRole", "AssumeRoleWithOIDC", "GetCallerIdentity"},
                        [EMU_METADATA] = {"PutToken", "ListRoles", "GetCredentials"},
                        [EMU_KEYS_URI] = {"GetCredentials"}},
            .deniable_list = "StartInstance, StartInstances, DescribeInstances, "
                             "DescribeInstanceStatus, AssumeRole, GetCallerIdentity",
        },
    [EMU_BAIDU] =
        {
            .name = "baidu",
            .states = {"Stopped", "Starting", "Running", "Error"},
            .statuses = {"Running", "Starting", "Stopped", "Stopping", "Scaling", "VolumeResizing",
                         "BillingChanging", "ChangeSubnet", "ChangeVpc", "AttachingPort",
                         "DetachingPort", "Moving", "SnapshotProcessing", "ImageProcessing",
                         "Recharging", "Expired", "Recycled", "Deleted", "Error"},
            .status_list = "Running, Starting, Stopped, Stopping, Scaling, VolumeResizing, "
                           "BillingChanging, ChangeSubnet, ChangeVpc, AttachingPort, "
                           "DetachingPort, Moving, SnapshotProcessing, ImageProcessing, "
                           "Recharging, Expired, Recycled, Deleted, Error",
            .actions = {[EMU_API] = {"StartInstance", "StartInstances", "DescribeInstance",
                                     "DescribeInstances", "ListInstances"},
                        [EMU_STS] = {"AssumeRole"},
                        [EMU_METADATA] = {"GetCredentials"}},
            .deniable_list = "StartInstance, StartInstances, DescribeInstance, DescribeInstances, "
                             "ListInstances, AssumeRole",
        },
};

static const char *find_word(const char *const *words, ens_str word)
{
    for (; *words != NULL; words++) {
        if (ens_str_is(word, *words)) {
            return *words;
        }
    }
    return NULL;
}

const char *emu_cloud_name(enum emu_cloud cloud)
{
    return clouds[cloud].name;
}

bool emu_cloud_find(ens_str name, enum emu_cloud *ret_cloud)
{
    for (int i = 0; i < EMU_CLOUDS; i++) {
        if (ens_str_is(name, clouds[i].name)) {
            *ret_cloud = (enum emu_cloud)i;
            return true;
        }
    }
    return false;
}

const char *emu_cloud_word(enum emu_cloud cloud, enum emu_state state)
{
    return clouds[cloud].states[state];
}

const char *emu_cloud_status(enum emu_cloud cloud, ens_str word)
{
    return find_word(clouds[cloud].statuses, word);
}

const char *emu_cloud_statuses(enum emu_cloud cloud)
{
    return clouds[cloud].status_list;
}

static const char *const services[EMU_SERVICES] = {"api", "sts", "metadata", "credentials_uri",
                                                   "github"};

const char *emu_service_name(enum emu_service service)
{
    return services[service];
}

bool emu_service_find(ens_str name, enum emu_service *ret_service)
{
    for (int i = 0; i < EMU_SERVICES; i++) {
        if (ens_str_is(name, services[i])) {
            *ret_service = (enum emu_service)i;
            return true;
        }
    }
    return false;
}

const char *emu_service_action(enum emu_service service, enum emu_cloud cloud, ens_str name)
{
    return find_word(clouds[cloud].actions[service], name);
}

const char *emu_cloud_deniable(enum emu_cloud cloud, ens_str name)
{
    const char *of_api = emu_service_action(EMU_API, cloud, name);
    /* AssumeRoleWithOIDC is not signed, so that no key can be denied it. */
    return of_api != NULL || ens_str_is(name, "AssumeRoleWithOIDC")
               ? of_api
               : emu_service_action(EMU_STS, cloud, name);
}

const char *emu_cloud_deniables(enum emu_cloud cloud)
{
    return clouds[cloud].deniable_list;
}
