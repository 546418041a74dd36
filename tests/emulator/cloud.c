/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud.h"

struct cloud_words {
    const char *name;
    const char *roles[4]; /* by enum emu_role */
    const char *statuses[24];
    const char *status_list;
    const char *actions[6];
    const char *action_list;
};

/* Baidu's calls have no action names. These are, in order: PUT /v2/instance/ID?start,
 * PUT /v2/instance/batchAction?start, GET /v2/instance/ID, POST /v2/instance/listByInstanceId and
 * GET /v2/instance. */
static const struct cloud_words clouds[EMU_CLOUDS] = {
    [EMU_VOLCENGINE] =
        {
            .name = "volcengine",
            .roles = {"STOPPED", "STARTING", "RUNNING", "ERROR"},
            .statuses = {"CREATING", "RUNNING", "STARTING", "STOPPED", "STOPPING", "REBOOTING",
                         "REBUILDING", "RESIZING", "ERROR", "DELETING"},
            .status_list = "CREATING, RUNNING, STARTING, STOPPED, STOPPING, REBOOTING, REBUILDING, "
                           "RESIZING, ERROR, DELETING",
            .actions = {"StartInstance", "StartInstances", "DescribeInstances"},
            .action_list = "StartInstance, StartInstances, DescribeInstances",
        },
    [EMU_ALIBABA] =
        {
            .name = "alibaba",
            .roles = {"Stopped", "Starting", "Running", NULL},
            .statuses = {"Pending", "Running", "Starting", "Stopping", "Stopped"},
            .status_list = "Pending, Running, Starting, Stopping, Stopped",
            .actions = {"StartInstance", "StartInstances", "DescribeInstances",
                        "DescribeInstanceStatus"},
            .action_list =
                "StartInstance, StartInstances, DescribeInstances, DescribeInstanceStatus",
        },
    [EMU_BAIDU] =
        {
            .name = "baidu",
            .roles = {"Stopped", "Starting", "Running", "Error"},
            .statuses = {"Running", "Starting", "Stopped", "Stopping", "Scaling", "VolumeResizing",
                         "BillingChanging", "ChangeSubnet", "ChangeVpc", "AttachingPort",
                         "DetachingPort", "Moving", "SnapshotProcessing", "ImageProcessing",
                         "Recharging", "Expired", "Recycled", "Deleted", "Error"},
            .status_list = "Running, Starting, Stopped, Stopping, Scaling, VolumeResizing, "
                           "BillingChanging, ChangeSubnet, ChangeVpc, AttachingPort, "
                           "DetachingPort, Moving, SnapshotProcessing, ImageProcessing, "
                           "Recharging, Expired, Recycled, Deleted, Error",
            .actions = {"StartInstance", "StartInstances", "DescribeInstance", "DescribeInstances",
                        "ListInstances"},
            .action_list = "StartInstance, StartInstances, DescribeInstance, DescribeInstances, "
                           "ListInstances",
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

const char *emu_cloud_word(enum emu_cloud cloud, enum emu_role role)
{
    return clouds[cloud].roles[role];
}

const char *emu_cloud_status(enum emu_cloud cloud, ens_str word)
{
    return find_word(clouds[cloud].statuses, word);
}

const char *emu_cloud_statuses(enum emu_cloud cloud)
{
    return clouds[cloud].status_list;
}

const char *emu_cloud_action(enum emu_cloud cloud, ens_str name)
{
    return find_word(clouds[cloud].actions, name);
}

const char *emu_cloud_actions(enum emu_cloud cloud)
{
    return clouds[cloud].action_list;
}
